"""Weights: one reader a format, one table of conventions, and from both a model.

Floor 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from rnnstep.cells import load_cell
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.weights.build import Loaded, load_around, random_model
from rnnstep.weights.files import find_weights, read_tensors
from rnnstep.weights.focus import focused
from rnnstep.weights.request import DTYPES, Request, Said, make_request

RANDOM_SEED = 0
"""The seed of the weights of a sequence that comes without any."""


def load_model(path: str | Path, *, layer: str = "", **said: Unpack[Said]) -> Model:
    """Read a model's weights.

    Args:
        path: a weight file of any known format.
        layer: whose values go by their bare names; by default the first recurrent layer.
        said: ``cell``, ``activation``, ``recurrent_activation``, ``dtype``, ``gate_order``,
            ``prefix``, ``rename``: see :class:`rnnstep.weights.request.Said`.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    return open_weights(Path(path), make_request(**said), layer).model


def open_weights(path: Path, request: Request, layer: str = "") -> Loaded:
    """Read a weight file: what it holds, what that was read as, and the model.

    Args:
        path: the file.
        request: what the user said of it.
        layer: whose values go by their bare names; of several stacks that do not run one after
            another the one that has it is the model.

    Raises:
        InputError: in one line, what does not fit and what to do.
        UnknownNameError: no layer of the file has this name.
    """
    return load_around(read_tensors(path), request, layer)


def random_weights(sequence: Path, features: int, request: Request) -> Model:
    """A model for a sequence that has no weights beside it."""
    cell = load_cell(request.cell or "SimpleRNN", request.options)
    beside = f"no weights beside {sequence.name} ({sequence.stem}.weights.*, weights.*)"
    text = f"{beside}: small RANDOM weights, seed {RANDOM_SEED}"
    note = Note(text, "--weights", warning=True)
    return random_model(cell, features, request, RANDOM_SEED, note)


__all__ = [
    "DTYPES",
    "Loaded",
    "Request",
    "Said",
    "find_weights",
    "focused",
    "load_model",
    "make_request",
    "open_weights",
    "random_weights",
]

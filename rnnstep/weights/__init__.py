"""Weights: one reader a format, one table of conventions, and from both a model.

Floor 1.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Unpack

from rnnstep.cells import load_cell
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.weights.build import Loaded, load, random_model
from rnnstep.weights.files import find_weights, read_tensors
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
    return focused(open_weights(Path(path), make_request(**said)).model, layer)


def open_weights(path: Path, request: Request) -> Loaded:
    """Read a weight file: what it holds, what that was read as, and the model."""
    return load(read_tensors(path), request)


def random_weights(sequence: Path, features: int, request: Request) -> Model:
    """A model for a sequence that has no weights beside it."""
    cell = load_cell(request.cell or "SimpleRNN", request.options)
    beside = f"no weights beside {sequence.name} ({sequence.stem}.weights.*, weights.*)"
    text = f"{beside}: small RANDOM weights, seed {RANDOM_SEED}"
    note = Note(text, "--weights", warning=True)
    return random_model(cell, features, request, RANDOM_SEED, note)


def focused(model: Model, layer: str) -> Model:
    """The same model with the focus on the layer of this name, if it is not empty."""
    return replace(model, focus=model.index(layer) if layer else model.focus)


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

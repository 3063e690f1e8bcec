"""Weights: one reader a format, one table of conventions, and from both a model.

Floor 1.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from rnnstep.cells import load_cell
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.weights.configured import configured_layers
from rnnstep.weights.files import TensorFile, find_weights, read_tensors
from rnnstep.weights.recognise import Request, group_tensors, random_layer, recognise

RANDOM_SEED = 0
"""The seed of the weights of a sequence that comes without any."""

DTYPES = ("float16", "float32", "float64")
"""What ``dtype=`` may be."""


def load_model(
    path: str | Path,
    *,
    cell: str = "",
    activation: str = "",
    recurrent_activation: str = "",
    dtype: str | None = None,
    layer: str = "",
) -> Model:
    """Read a model's weights.

    Args:
        path: an npz or safetensors file.
        cell: a built-in cell's name or a cell file, in place of what the file suggests.
        activation: a function for the cell's option of that name.
        recurrent_activation: likewise, of the gates.
        dtype: ``float16``, ``float32`` or ``float64``; by default the weights' own.
        layer: whose values go by their bare names; by default the first recurrent layer.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    request = make_request(cell, activation, recurrent_activation, dtype)
    return focused(_read(Path(path), request), layer)


def make_request(
    cell: str = "", activation: str = "", recurrent_activation: str = "", dtype: str | None = None
) -> Request:
    """What the user said, checked as far as it can be without a file."""
    if dtype is not None and dtype not in DTYPES:
        raise InputError(f"unknown dtype '{dtype}'; known: {', '.join(DTYPES)}")
    said = {"activation": activation, "recurrent_activation": recurrent_activation}
    return Request(cell, {option: function for option, function in said.items() if function}, dtype)


def model_for(sequence: Path, weights: Path | None, features: int, request: Request) -> Model:
    """The model for a sequence: the named file, else the one beside it, else random weights."""
    path = weights or find_weights(sequence)
    if path is not None:
        return _read(path, request)
    cell = load_cell(request.cell or "SimpleRNN", request.options)
    layer = random_layer(cell, features, request.dtype, RANDOM_SEED)
    beside = f"no weights beside {sequence.name} ({sequence.stem}.weights.*, weights.*)"
    text = f"{beside}: small RANDOM weights, seed {RANDOM_SEED}"
    return Model((layer,), (Note(text, "--weights", warning=True),))


def focused(model: Model, layer: str) -> Model:
    """The same model with the focus on the layer of this name, if it is not empty."""
    focus = model.index(layer) if layer else model.focus
    return Model(model.layers, model.notes, model.path, focus)


def _read(path: Path, request: Request) -> Model:
    file = read_tensors(path)
    layers, notes = configured_layers(file, request) if file.config else _recognised(file, request)
    _check_chain(layers, path)
    return Model(tuple(layers), (*notes, *_not_finite(file)), path)


def _recognised(file: TensorFile, request: Request) -> tuple[list[Layer], list[Note]]:
    where = str(file.path)
    groups = group_tensors(file.tensors)
    found = [recognise(group, request, where) for group in groups]
    if any(layer.cell.recurrent for layer, _ in found):
        # what the user says of the cell is meant for the recurrent layer, not for its head
        plain = Request(dtype=request.dtype)
        found = [
            (layer, notes) if layer.cell.recurrent else recognise(group, plain, where)
            for group, (layer, notes) in zip(groups, found, strict=True)
        ]
    return [layer for layer, _ in found], [note for _, notes in found for note in notes]


def _check_chain(layers: list[Layer], path: Path) -> None:
    for before, after in pairwise(layers):
        if after.input_size not in (0, before.output_size):
            gives = f"'{before.name}' gives {before.output_size} numbers a timestep"
            raise InputError(f"{path}: {gives}, '{after.name}' takes {after.input_size}")


def _not_finite(file: TensorFile) -> list[Note]:
    return [
        Note(f"weight '{name}' holds {count} NaN or infinite values", warning=True)
        for name, tensor in file.tensors.items()
        if (count := _count_not_finite(tensor))
    ]


def _count_not_finite(tensor: Array) -> int:
    return int((~np.isfinite(tensor)).sum()) if tensor.dtype.kind == "f" else 0


__all__ = [
    "DTYPES",
    "Request",
    "find_weights",
    "focused",
    "load_model",
    "make_request",
    "model_for",
]

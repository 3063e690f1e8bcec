"""What a model takes as a sequence: so many features, or the numbers of a table's rows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from rnnstep.equations.nodes import Call, Name, walk
from rnnstep.errors import InputError
from rnnstep.fitting import fit_sequence
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.source import SEQUENCE

_ANY = 3
"""Features of a timestep where the weights leave it open."""
_FAINT = 0.125
_MASKING, _VALUE = "Masking", "mask_value"


@dataclass(frozen=True, eq=False)
class Entry:
    """A model, fitted to what it takes.

    Attributes:
        model: its layers, no size of which is open.
        features: numbers at a timestep.
        rows: how many rows the table has if a timestep is the number of a row, else 0.
        padding: the number that every feature of a timestep has that a mask leaves out, if any.
    """

    model: Model
    features: int
    rows: int = 0
    padding: float | None = None

    @property
    def quiet(self) -> float:
        """What every feature is where there is nothing to say: 0, unless that is padding."""
        if self.padding != 0:
            return 0.0
        return float(min(1, self.rows - 1)) if self.rows else _FAINT


def entry_of(model: Model) -> Entry:
    """What a model takes.

    Raises:
        InputError: no number of features fits all layers.
    """
    reading = [
        layer
        for layer, sources in zip(model.layers, model.sources, strict=True)
        if any(source.layer == SEQUENCE for source in sources)
    ]
    rows = min((count for layer in reading if (count := _rows(layer))), default=0)
    sizes = [
        layer.takes(declaration) for layer in model.layers for declaration in layer.cell.inputs
    ]
    for features in dict.fromkeys([*filter(None, [model.input_size, *sizes]), _ANY]):
        with suppress(InputError):
            fitted = fit_sequence(model, np.zeros((1, features), np.float32))[0]
            return Entry(fitted, features, rows, padding_of(model))
    names = ", ".join(layer.summary for layer in model.layers)
    raise InputError(f"{model.path}: no number of features fits all of its layers: {names}")


def padding_of(model: Model) -> float | None:
    """The number that stands for padding, if a layer of the model looks for it."""
    for layer, sources in zip(model.layers, model.sources, strict=True):
        if layer.cell.name == _MASKING and sources[0].layer == SEQUENCE:
            return float(layer.weights[_VALUE])
    return None


def _rows(layer: Layer) -> int:
    """How many rows the table has in which a layer looks its input up, if it does."""
    for equation in layer.cell.equations:
        for node in walk(equation.node):
            match node:
                case Call("row", (Name(table), Name(number))) if number == layer.cell.input.name:
                    return len(layer.weights[table])
    return 0

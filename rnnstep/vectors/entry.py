"""What a model takes as a sequence: so many features, or the numbers of a table's rows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from rnnstep.equations.nodes import Call, Name, walk
from rnnstep.errors import InputError
from rnnstep.fitting import fit_sequence
from rnnstep.layer import Layer
from rnnstep.model import SEQUENCE, Model

_ANY = 3
"""Features of a timestep where the weights leave it open."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A model, fitted to what it takes.

    Attributes:
        model: its layers, no size of which is open.
        features: numbers at a timestep.
        rows: how many rows the table has if a timestep is the number of a row, else 0.
    """

    model: Model
    features: int
    rows: int = 0


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
            return Entry(fitted, features, rows)
    names = ", ".join(layer.summary for layer in model.layers)
    raise InputError(f"{model.path}: no number of features fits all of its layers: {names}")


def _rows(layer: Layer) -> int:
    """How many rows the table has in which a layer looks its input up, if it does."""
    for equation in layer.cell.equations:
        for node in walk(equation.node):
            match node:
                case Call("row", (Name(table), Name(number))) if number == layer.cell.input.name:
                    return len(layer.weights[table])
    return 0

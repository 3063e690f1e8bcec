"""What a run is expected to give: arrays by the model's names, at some timesteps or at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.notes import Note
from rnnstep.trace import Trace

Rows = Callable[[int, int], Array]
"""The expected values of the timesteps from one place in ``times`` to before another."""


@dataclass(frozen=True, eq=False)
class Expected:
    """What one value is expected to be.

    Attributes:
        layer: its layer, from 0.
        name: the value, as the layer calls it.
        times: the timesteps that are expected, rising, (rows,).
        rows: gives the expected values, (rows, …).
        dtype: in which they were computed, as far as is known.
        called: what the reference calls it.
    """

    layer: int
    name: str
    times: Array
    rows: Rows
    dtype: np.dtype[Any]
    called: str = ""


@dataclass(frozen=True, eq=False)
class Reference:
    """What a run is compared with.

    Attributes:
        source: what it is called: a file's name.
        values: in the order in which the run makes them.
        notes: what was inferred about it.
        decimals: how many digits stand behind the point, if it was written as text.
        path: the file, if it is one.
    """

    source: str
    values: tuple[Expected, ...]
    notes: tuple[Note, ...] = ()
    decimals: int | None = None
    path: Path | None = None


def from_array(layer: int, name: str, times: Array, array: Array, called: str = "") -> Expected:
    """What is expected of a value, from an array (rows, …)."""
    return Expected(layer, name, times, lambda a, b: array[a:b], array.dtype, called)


def from_trace(other: Trace, trace: Trace, source: str) -> Reference:
    """Another run as the reference: every value that both have, in the same shape.

    Layers are paired by their places. Of layers of different cells the values of one name are
    compared; the others have no counterpart.
    """
    found: list[Expected] = []
    times = np.arange(len(trace))
    pairs = zip(trace.model.layers, other.model.layers, strict=False)
    for index, (layer, its) in enumerate(pairs):
        for name in layer.cell.values:
            if name in its.cell.values and layer.shape(name) == its.shape(name):
                called = other.model.qualified(index, name)
                found.append(
                    Expected(index, name, times, _series(other, called), its.dtype, called)
                )
    counts = len(other.model.layers), len(trace.model.layers)
    notes: tuple[Note, ...] = ()
    if counts[0] != counts[1]:
        told = f"{source} has {counts[0]} layers, this model {counts[1]}: the first are compared"
        notes = (Note(told, warning=True),)
    return Reference(source, tuple(found), notes)


def _series(trace: Trace, name: str) -> Rows:
    return lambda a, b: trace.series(name, a, b)

"""The numbers that a number is made of, where each was made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from rnnstep.equations import Array
from rnnstep.frame import Cursor
from rnnstep.origins import maker
from rnnstep.provenance.edits import input_edit, state_edit
from rnnstep.provenance.parts import BREADTH, Part, Weight, parts_of
from rnnstep.trace import INITIAL, Trace


class Kind(Enum):
    """What a number is."""

    LINE = "a line's value"
    INITIAL = "initial state"
    SEQUENCE = "sequence"
    WEIGHT = "weight"
    EDITED = "edited"


@dataclass(frozen=True)
class Cause:
    """A number that another one is made of.

    Attributes:
        kind: what it is; only a line's value is made of others.
        layer: the layer that has it, from 0.
        t: its timestep; of a state before the run, the one that reads it.
        name: the value or weight, as its layer calls it.
        unit: its entry.
        value: the number.
        share: how much it counts of the number that it is a part of, 0 to 1; see
            :class:`rnnstep.provenance.Part`.
        weight: its factor, if it is a term of a product with a matrix.
        cursor: its line, or the line that reads it.
        edit: what was typed to make it so, if that was.
    """

    kind: Kind
    layer: int
    t: int
    name: str
    unit: int
    value: float
    share: float
    weight: Weight | None
    cursor: Cursor
    edit: str = ""


def causes(
    trace: Trace, cause: Cause, breadth: int = BREADTH, divided: bool = False
) -> list[Cause]:
    """What a number is made of: the parts of its line, the largest first; none of what is given.

    Args:
        trace: the run.
        cause: the number, such as :func:`number` gives.
        breadth: terms of a product, the largest, to look at.
        divided: see :func:`rnnstep.provenance.parts_of`.
    """
    if cause.kind is not Kind.LINE:
        return []
    layer = trace.model_at(cause.t).layers[cause.layer]
    values = trace.frame(cause.t).layers[cause.layer]
    node = layer.cell.equations[cause.cursor.line].node
    parts = parts_of(layer, node, values, cause.unit, breadth, divided)
    return [_cause(trace, cause, part) for part in parts if part.share > 0]


def number(trace: Trace, cursor: Cursor) -> Cause:
    """The number at a place of the run, to begin a path with."""
    layer = trace.model_at(cursor.t).layers[cursor.layer]
    name = layer.cell.equations[cursor.line].name
    value = _entry(trace.frame(cursor.t).layers[cursor.layer][name], cursor.unit)
    kind = Kind.INITIAL if cursor.t == INITIAL else Kind.LINE
    return Cause(kind, cursor.layer, cursor.t, name, cursor.unit, value, 1.0, None, cursor)


def _cause(trace: Trace, reader: Cause, part: Part) -> Cause:
    """A part of a line as the number it is, where it was made."""
    layer = trace.model_at(reader.t).layers[reader.layer]
    if part.name in layer.weights:
        value = _entry(layer.weights[part.name], part.entry)
        if part.name in layer.edits:
            return _given(Kind.EDITED, reader, part, value, layer.edits[part.name].text)
        return _given(Kind.WEIGHT, reader, part, value)
    value = _entry(trace.frame(reader.t).layers[reader.layer][part.name], part.entry)
    made = maker(trace, reader.t, reader.layer, part.name, part.entry)
    carried = part.name in layer.cell.carried
    if made is None or made.t == INITIAL:
        if carried:
            return _given(Kind.INITIAL, reader, part, value)
        return _given(Kind.SEQUENCE, reader, part, value, input_edit(trace, reader.t, part.entry))
    name = trace.model.layers[made.layer].cell.equations[made.line].name
    if carried:
        handed_on = _entry(trace.frame(made.t).layers[made.layer][name], made.unit)
        if not np.array_equal(handed_on, value, equal_nan=True):
            edit = state_edit(trace, reader.t, reader.layer, part.name)
            return _given(Kind.EDITED, reader, part, value, edit)
    own = part.share, part.weight, made
    return Cause(Kind.LINE, made.layer, made.t, name, made.unit, value, *own)


def _given(kind: Kind, reader: Cause, part: Part, value: float, edit: str = "") -> Cause:
    own = part.share, part.weight, reader.cursor, edit
    return Cause(kind, reader.layer, reader.t, part.name, part.entry, value, *own)


def _entry(array: Array, entry: int) -> float:
    return float(array.reshape(-1)[entry])

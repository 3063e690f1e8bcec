"""The place that a text means: an entry of a value, or of the one at the cursor."""

from __future__ import annotations

import re
from math import prod

import numpy as np

from rnnstep.equations.nodes import Index, Name, Range
from rnnstep.errors import ExpressionError, InputError
from rnnstep.expressions import Expression
from rnnstep.frame import Cursor
from rnnstep.origins import maker
from rnnstep.trace import INITIAL, Trace


def place_of(trace: Trace, cursor: Cursor, value: str) -> Cursor:
    """The line, at the cursor's timestep, that made what a text means.

    Args:
        trace: the run.
        cursor: where the session stands; bare names are of its layer.
        value: ``c_t[3]``, ``c_t`` for the cursor's unit of it, ``3`` for another unit of the
            cursor's value, which is not checked; empty for the cursor itself.

    Raises:
        ExpressionError: the text is no entry of a value, with the column.
    """
    text = value.strip()
    if not text:
        return cursor
    if is_unit(text):
        return cursor.replaced(unit=int(text))
    layer, own, unit = meant(trace, cursor, text)
    return _made(trace, cursor.t, layer, own, unit, text)


def meant(trace: Trace, cursor: Cursor, text: str) -> tuple[int, str, int]:
    """The layer, value and entry that a text means, whatever made it.

    Raises:
        ExpressionError: the text is no entry of a value, with the column.
    """
    model = trace.model.replaced(focus=cursor.layer)
    node = Expression.parse(text, model).node
    match node:
        case Index(Name() as name, items):
            layer, own = model.resolve(name.name)
            entry = _entry(model.layers[layer].shape(own), items)
            if entry is not None:
                return layer, own, entry
        case Name() as name:
            layer, own = model.resolve(name.name)
            return layer, own, min(cursor.unit, prod(model.layers[layer].shape(own)) - 1)
    raise ExpressionError("give one entry of a value, as h_t[3]", text, node.column)


def is_unit(text: str) -> bool:
    """Whether a text is the number of a unit alone."""
    return re.fullmatch(r"[0-9]{1,9}", text) is not None


def within(unit: int, count: int) -> int:
    """The unit, if there are so many.

    Raises:
        InputError: there are not.
    """
    if unit >= count:
        raise InputError(f"no unit {unit}: this value has 0 to {count - 1}")
    return unit


def _made(trace: Trace, t: int, layer: int, name: str, unit: int, text: str) -> Cursor:
    made = maker(trace, t, layer, name, unit)
    if made is None or made.t < INITIAL:
        raise ExpressionError("this is given: no line made it", text, 1)
    return made


def _entry(shape: tuple[int, ...], items: tuple[int | Range, ...]) -> int | None:
    """Which entry of a whole value one entry is, counted over all axes; ``None`` if it is more."""
    numbers = [item for item in items if isinstance(item, int)]
    if len(numbers) != len(shape):
        return None
    return int(np.arange(prod(shape)).reshape(shape)[tuple(numbers)])

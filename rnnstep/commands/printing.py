"""Values of expressions in numbers: at the cursor, or over a stretch of the run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.commands.action import Outcome, Parts
from rnnstep.commands.saying import array_data
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.progress import Progress
from rnnstep.render.numbers import signed
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.expressions import Expression

_STRETCH = r"\s+from\s+(?P<start>\S+)\s+to\s+(?P<stop>\S+)\s*$"
MOST = 1_000_000
"""Numbers that are told at the most: a stretch of a run can have any number."""
DIGITS = 6
"""Digits after the point of what is printed."""


def print_value(session: Session, said: str) -> Parts:
    """The value of an expression at the cursor, or over a stretch of the run."""
    expression, stretch = parse_print(session, said)
    if stretch is not None:
        yield from _over(session, expression, *stretch)
        return
    t = session.cursor.t
    value = expression.at(session.trace, t)
    if value is None:
        raise InputError("before the first timestep an expression has no value: go to one")
    data = {"expression": expression.text, "t": t, "shape": list(value.shape)}
    told = f"{expression.text} ={_shape(value)}"
    yield Outcome(_lines(told, value), data | {"value": array_data(value)})


def parse_print(session: Session, said: str) -> tuple[Expression, tuple[int, int] | None]:
    """The expression, and the first and last timestep if it is to be told of several.

    Raises:
        ExpressionError: it is no expression of this model, with the column.
        InputError: the run has no such timesteps, or they are too many.
    """
    from rnnstep.expressions import Expression

    stretch = re.search(_STRETCH, said)
    text = said[: stretch.start()] if stretch else said
    expression = Expression.parse(text, session.trace.model)
    return expression, _ends(session, expression, stretch) if stretch else None


def _ends(session: Session, expression: Expression, stretch: re.Match[str]) -> tuple[int, int]:
    last = len(session.trace) - 1
    ends = []
    for end in stretch["start"], stretch["stop"]:
        if not re.fullmatch(r"\d{1,18}", end) or int(end) > last:
            raise InputError(f"'{end[:20]}' is no timestep of the run, 0 to {last}")
        ends.append(int(end))
    start, stop = ends
    if stop < start:
        raise InputError(f"from {start} to {stop} there is no timestep")
    if (stop - start + 1) * int(np.prod(expression.shape)) > MOST:
        raise InputError(f"more than {MOST:,} numbers: take fewer, or write them with trace FILE")
    return start, stop


def _over(session: Session, expression: Expression, start: int, stop: int) -> Parts:
    trace, parts = session.trace, []
    for begin in range(start, stop + 1, trace.block):
        end = min(begin + trace.block, stop + 1)
        parts.append(expression.over(trace, begin, end))
        yield Progress(end - 1)
    values = np.concatenate(parts)
    data = {"expression": expression.text, "from": start, "to": stop, "shape": [*values.shape]}
    lines = [f"{expression.text}, t {start} to {stop}:{_shape(values)}"]
    lines += [_lines(f"t {start + row}:", value) for row, value in enumerate(values)]
    yield Outcome("\n".join(lines), data | {"value": array_data(values)})


def _shape(value: Array) -> str:
    return f" ({', '.join(map(str, value.shape))})" if value.shape else ""


def _lines(lead: str, value: Array) -> str:
    """A vector in the line of its name; a row of a matrix has a line of its own."""
    if value.ndim < 2:
        return f"{lead} {_numbers(value)}"
    rows = value.reshape(-1, value.shape[-1])
    return "\n".join([lead, *(f"  {_numbers(row)}" for row in rows)])


def _numbers(value: Array) -> str:
    return " ".join(signed(number, DIGITS) for number in value.reshape(-1).tolist())

"""How far a run is from what is expected of it, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.cells import set_cell_size
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.axis import Stretch
from rnnstep.render.numbers import signed
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row
from rnnstep.render.spark import BARS

if TYPE_CHECKING:
    from rnnstep.check import Comparison

_LEAST, _MOST = 1e-8, 1.0
"""The errors of the lowest and of the highest bar; between them bars count powers of ten."""


def errors_over_time(known: Comparison, shown: Stretch, pen: Pen) -> Row:
    """A bar above each timestep: the largest error there, lit where it is too large."""
    times, error = known.over_time()
    excess = known.excess_over_time()
    row: Row = [Segment(set_cell_size("error", shown.indent), pen.look.muted)]
    for column in range(shown.columns):
        start = (shown.first + column) * shown.block
        a, b = np.searchsorted(times, [start, start + shown.block])
        wrong = bool((excess[a:b] > 1).any())
        sign = bar(float(error[a:b].max())) if b > a else " "
        style = pen.look.warning if wrong else pen.look.muted
        row.append(Segment(sign.ljust(shown.width), style))
    return row


def expectation(frame: Frame, name: str) -> tuple[str, Array, Array] | None:
    """What a value of the layer is beside, (entries,), and its error; ``None`` if beside nothing.

    Returns:
        what the other side is called, its numbers, and how far the side that is not right is away.
    """
    known, cursor = frame.comparison, frame.cursor
    expected = None if known is None else known.expected_at(cursor.t, cursor.layer, name)
    if known is None or expected is None:
        return None
    with np.errstate(all="ignore"):
        apart = np.asarray(frame.values[name], np.float64).reshape(-1) - expected
    return known.reference.side, expected, -apart if known.reference.is_shadow else apart


def number_beside(frame: Frame, pen: Pen) -> str:
    """What the number at the cursor is beside: ``wanted +0.422, error +0.468``; or nothing."""
    found = None if frame.initial else expectation(frame, frame.equation.name)
    if found is None:
        return ""
    side, expected, apart = found
    unit, digits = frame.cursor.unit, pen.precision
    numbers = (signed(float(array[unit]), digits) for array in (expected, apart))
    return "{} {}, error {}".format(side, *numbers)


def bar(error: float) -> str:
    """A bar for an error: none is a point, infinity and all above 1 the highest."""
    if error == 0:
        return "·"
    share = np.log10(min(max(error, _LEAST), _MOST) / _LEAST) / np.log10(_MOST / _LEAST)
    return BARS[int(share * (len(BARS) - 1) + 0.5)]

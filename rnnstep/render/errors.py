"""How far a run is from what is expected of it, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.cells import set_cell_size
from rich.segment import Segment

from rnnstep.render.axis import Stretch
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


def bar(error: float) -> str:
    """A bar for an error: none is a point, infinity and all above 1 the highest."""
    if error == 0:
        return "·"
    share = np.log10(min(max(error, _LEAST), _MOST) / _LEAST) / np.log10(_MOST / _LEAST)
    return BARS[int(share * (len(BARS) - 1) + 0.5)]

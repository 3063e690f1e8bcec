"""How far a fork differs from its parent: in a line of text, and as a row under the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.ranges import LOOKED_AT
from rnnstep.render.axis import Stretch
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row

if TYPE_CHECKING:
    from rnnstep.forks.effect import Difference, Effect

BLOCKS = " ▁▂▃▄▅▆▇█"
_OCTAVES = 8
"""Halvings of the peak that the blocks show: a difference dies out by factors."""


def measured(effect: Effect, layer: int, name: str) -> Difference:
    """The difference in short, from the first timesteps after the fork if the run is long."""
    return effect.measure(layer, name, effect.origin + LOOKED_AT)


def difference_text(difference: Difference, title: str, length: int, precision: int = 2) -> str:
    """``differs in hₜ from t 12, peak 0.31 at t 14, half-life 5``.

    Args:
        difference: of a value.
        title: the value's name; empty where it is told already.
        length: timesteps of the run: what was not looked at is said.
        precision: digits.
    """
    seen = "" if difference.stop >= length else f" (t {difference.stop - 1} and before)"
    within = f" in {title}" if title else ""
    if difference.start is None:
        return f"no difference{within}{seen}"
    peak = f"peak {unsigned(difference.peak, precision)} at t {difference.at}"
    half = difference.half_life
    lasts = f"half-life {half}" if half is not None else "not halved by the end"
    return f"differs{within} from t {difference.start}, {peak}, {lasts}{seen}"


def difference_row(frame: Frame, name: str, shown: Stretch, pen: Pen) -> Row:
    """A block for each column, the taller the larger its difference; blank where there is none."""
    effect, layer = frame.effect, frame.cursor.layer
    assert effect is not None
    start = shown.first * shown.block
    stop = min((shown.first + shown.columns) * shown.block, len(frame.trace))
    curve = effect.curve(layer, name, start, stop)
    sizes = np.maximum.reduceat(curve, np.arange(0, len(curve), shown.block))
    peak = max(measured(effect, layer, name).peak, float(sizes.max()))
    text = "".join(BLOCKS[level] * shown.width for level in heights(sizes, peak))
    return [Segment("Δ".ljust(shown.indent), pen.look.muted), Segment(text, pen.look.accent)]


def heights(sizes: np.ndarray, peak: float) -> list[int]:
    """For each size how many eighths of a row: a step less for every halving of the peak."""
    with np.errstate(all="ignore"):
        halvings = np.log2(np.asarray(peak / sizes, np.float64))
    halvings = np.where(np.isinf(sizes), 0.0, halvings)
    steps = np.clip(_OCTAVES - np.floor(np.nan_to_num(halvings, posinf=np.inf)), 1, _OCTAVES)
    return [int(step) if size > 0 else 0 for step, size in zip(steps, sizes, strict=True)]


def futures(frame: Frame, lines: int, beside: bool) -> int:
    """How many runs the lines of units are of: a fork's own and its parent's, if both fit."""
    return 2 if beside and frame.effect is not None and lines > 1 else 1


def differs(frame: Frame, name: str, precision: int, room: int) -> str:
    """What a fork's timeline says of its difference in ``room`` columns: of less, its beginning."""
    if frame.effect is None:
        return ""
    found = measured(frame.effect, frame.cursor.layer, name)
    told = difference_text(found, "", len(frame.trace), precision)
    while cell_len(told) > room:
        told = told.rpartition(", ")[0]
    return told


def future_of(frame: Frame, row: Row, shown: Stretch) -> Row:
    """The cells of a fork's parent; those of the past, which both share, are blank."""
    origin = frame.effect.origin if frame.effect else 0
    past = max(origin // shown.block - shown.first, 0)
    return [Segment(" " * cell_len(cell.text)) for cell in row[:past]] + row[past:]

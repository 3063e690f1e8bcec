"""The axis of time: which timesteps are on the screen, and what stands under them."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.record import Record
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row

STOP = "●"
"""Marks a timestep at which a breakpoint stops."""
BOOKMARK = "◆"
"""Marks a timestep of which there is a bookmark."""
BOTH = "◈"

FORK = "◇"
"""Marks a timestep from which an edit makes the run another one."""


class Stretch(Record):
    """The part of the run that is on the screen.

    Attributes:
        first: the first column's block of timesteps.
        columns: how many blocks are shown.
        block: timesteps in a block.
        width: columns of the screen that a block takes.
        indent: columns of the screen before the first block.
    """

    first: int
    columns: int
    block: int
    width: int
    indent: int

    def timestep(self, x: int) -> int:
        """The timestep at a column of the screen."""
        return (self.first + max(x - self.indent, 0) // self.width) * self.block


def axis(frame: Frame, shown: Stretch, pen: Pen) -> Row:
    """Labels or numbers of timesteps, and the cursor under its own."""
    text = _labels(frame, shown) or _numbers(shown)
    at = frame.cursor.t // shown.block - shown.first
    style = pen.look.muted
    if frame.initial or not 0 <= at < shown.columns:
        mark = Segment("▸" if frame.initial else " ", pen.look.accent)
        return [Segment(" " * (shown.indent - 1)), mark, Segment("".join(text), style)]
    start = at * shown.width
    under = "".join(text[start : start + shown.width])
    if not under.strip():
        under = "▲".ljust(shown.width)
    return [
        Segment(" " * shown.indent),
        Segment("".join(text[:start]), style),
        Segment(under, pen.look.cursor),
        Segment("".join(text[start + shown.width :]), style),
    ]


def marks(frame: Frame, shown: Stretch, pen: Pen) -> Row:
    """A mark above each timestep of a known stop, a bookmark or the beginning of an edit."""
    first, stop = shown.first * shown.block, (shown.first + shown.columns) * shown.block
    text = [" "] * (shown.columns * shown.width)
    stops = {t // shown.block for t in frame.breakpoints.marks(frame.trace, first, stop)}
    places = (known.place.t for known in frame.bookmarks)
    marked = {t // shown.block for t in places if first <= t < stop}
    for block in stops | marked:
        sign = BOTH if block in stops & marked else STOP if block in stops else BOOKMARK
        text[(block - shown.first) * shown.width] = sign
    for fork in frame.tree.current.line[1:]:
        if first <= fork.trace.origin < stop:
            text[(fork.trace.origin // shown.block - shown.first) * shown.width] = FORK
    return [Segment(" " * shown.indent), Segment("".join(text), pen.look.accent)]


def _labels(frame: Frame, shown: Stretch) -> list[str]:
    """A text for each column of the screen; none if not every label that is shown has room.

    A label stands whole in its first column, with nothing in the others that it covers: its
    characters may be wide, or of no width.
    """
    times = range(shown.first, shown.first + shown.columns)
    if shown.block > 1 or not frame.labels.timesteps[times.start : times.stop]:
        return []
    labels = [frame.labels.of("timesteps", t) for t in times]
    if max(map(cell_len, labels)) > shown.width:
        return []
    text: list[str] = []
    for label in labels:
        text += [set_cell_size(label, shown.width), *[""] * (shown.width - 1)]
    return text


def _numbers(shown: Stretch) -> list[str]:
    """A character for each column of the screen, a number under every second, fifth or tenth."""
    text = [" "] * (shown.columns * shown.width)
    every = 10 if shown.width == 1 else 5 if shown.width < 6 else 2
    for column in range(shown.columns):
        number = str((shown.first + column) * shown.block)
        place = column * shown.width
        if (shown.first + column) % every == 0 and place + len(number) <= len(text):
            text[place : place + len(number)] = number
    return text

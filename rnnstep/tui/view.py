"""What a reader has chosen to see: state of the screen alone, unknown to the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from rnnstep.frame import Cursor
from rnnstep.record import Record
from rnnstep.render.numbers import PRECISIONS
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Look
from rnnstep.render.timeline import ZOOMS

T = TypeVar("T")
Place = tuple[int, int, int]
"""A number of a timestep: layer, line and unit."""

LIGHT_MAP = "crameri:vik"
"""The default where the background is light: like it, zero is light."""


class View(Record):
    """The reader's choices.

    Attributes:
        mode: numbers, colours or both.
        scale: what the strongest colour stands for.
        precision: digits after the point.
        colour_map: the name of the colour map; empty is the one that suits the theme.
        dark: whether the theme is.
        coloured: whether the terminal shows enough colours for heatmaps.
        look: the theme's styles.
        zoomed: the panel that fills the screen, if one does.
        inside: whether one number is being looked into.
        beside: whether a fork's timeline shows its parent's future below its own.
        timeline_zoom: one of the timeline's zooms; ``None`` is the widest that fits.
        follows: whether the timeline shows the value of the current line, not the state.
        chosen: the units of the line plot; the one at the cursor if there is none.
        term: which term of the number is chosen, by size, and of which number.
        column: the first column that is wanted of a matrix of which not all are shown.
    """

    mode: Mode = Mode.BOTH
    scale: Scale = Scale.SEQUENCE
    precision: int = 3
    colour_map: str = ""
    dark: bool = True
    coloured: bool = True
    look: Look = Look()
    zoomed: str = ""
    inside: bool = False
    beside: bool = True
    timeline_zoom: int | None = None
    follows: bool = False
    chosen: frozenset[int] = frozenset()
    term: tuple[int, Place] = (0, (0, 0, 0))
    column: int = 0

    @property
    def pen(self) -> Pen:
        """The choices that concern drawing."""
        colour_map = self.map if self.coloured else ""
        return Pen(self.mode, self.scale, self.precision, colour_map, self.look)

    @property
    def map(self) -> str:
        """The colour map: zero looks like the theme's background unless one was chosen."""
        return self.colour_map or (COLOUR_MAPS[0] if self.dark else LIGHT_MAP)

    def term_of(self, cursor: Cursor) -> int:
        """The chosen term of the number at the cursor; its largest if none was chosen."""
        number, place = self.term
        return number if place == place_of(cursor) else 0


def place_of(cursor: Cursor) -> Place:
    """Which number of a timestep the cursor is on."""
    return cursor.layer, cursor.line, cursor.unit


def after(value: T, among: Sequence[T]) -> T:
    """The next one, round and round."""
    return among[(among.index(value) + 1) % len(among)]


def finer(precision: int, steps: int) -> int:
    """A precision ``steps`` further along, as far as there is one."""
    place = PRECISIONS.index(precision) + steps
    return PRECISIONS[min(max(place, 0), len(PRECISIONS) - 1)]


def zoomed(zoom: int, steps: int) -> int:
    """A timeline's zoom ``steps`` further out, as far as there is one."""
    return ZOOMS[min(max(ZOOMS.index(zoom) + steps, 0), len(ZOOMS) - 1)]

"""Levels to colours and marks: never colour alone, so sign and size show without any."""

from __future__ import annotations

import math
from functools import cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from rnnstep.render.colours import COLOURS
from rnnstep.scale import LEVELS, NAN, NEGATIVE_INFINITY, POSITIVE_INFINITY, finite

COLOUR_MAPS = tuple(COLOURS)
"""Diverging, zero in the middle, and told apart by the colour-blind. The first is the default."""

_MARKS = {NAN: "??", POSITIVE_INFINITY: "+∞", NEGATIVE_INFINITY: "−∞"}
_GLYPHS = {NAN: "?", POSITIVE_INFINITY: "∞", NEGATIVE_INFINITY: "∞"}
_POSITIVE, _NEGATIVE = "+*#", "-~="
_NOT_FINITE = Style(color="#000000", bgcolor="#ff5fff", bold=True)
_MARKED = Style(reverse=True, bold=True)
_INK = 6


class Palette:
    """The look of each level on one colour map, or without colours.

    Args:
        name: one of ``COLOUR_MAPS``; empty for none: signs and digits alone.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.coloured = bool(name)
        self._colours = _sampled(name) if name else {}
        self._cells: dict[tuple[int, str], Segment] = {}
        self._halves: dict[tuple[int, int | None], Segment] = {}

    def style(self, level: int) -> Style:
        """Text on the level's colour, light or dark so that it can be read."""
        if not finite(level):
            return _NOT_FINITE if self.coloured else _MARKED
        return self._colours[level][1] if self.coloured else Style.null()

    def ink(self, value: float) -> Style:
        """The colour of text and bars for a number of this sign."""
        if math.isnan(value):
            return self.style(NAN)
        if not self.coloured:
            return Style.null()
        red, green, blue = self._colours[_INK if value >= 0 else -_INK][0]
        return Style(color=Color.from_rgb(red, green, blue))

    def digit(self, level: int) -> Segment:
        """Two columns: sign and level, ``+4``; zero is a dot."""
        return self.cell(level, digits(level))

    def cell(self, level: int, text: str) -> Segment:
        """Any text on the level's colour."""
        key = (level, text)
        if key not in self._cells:
            self._cells[key] = Segment(text, self.style(level))
        return self._cells[key]

    def glyph(self, level: int) -> Segment:
        """One column: its colour, or without colours ``- ~ =`` below zero, ``+ * #`` above."""
        text = " " if self.coloured and finite(level) else glyph(level)
        return self.cell(level, text)

    def half(self, top: int, bottom: int | None) -> Segment:
        """One column for two values above each other, in colours only; ``None`` is no value.

        What is no finite number takes the whole column, so that its mark shows.
        """
        for level in (top, bottom):
            if level is not None and not finite(level):
                return self.glyph(level)
        key = (top, bottom)
        if key not in self._halves:
            below = None if bottom is None else self.style(bottom).bgcolor
            style = Style(color=self.style(top).bgcolor, bgcolor=below)
            self._halves[key] = Segment("▀", style)
        return self._halves[key]


@cache
def palette(name: str) -> Palette:
    """The palette of a colour map; one for each name, as they remember what they drew."""
    return Palette(name)


def digits(level: int) -> str:
    """Sign and level in two columns."""
    if not finite(level):
        return _MARKS[level]
    return " ·" if level == 0 else f"{'+' if level > 0 else '−'}{abs(level)}"


def glyph(level: int) -> str:
    """Sign and a third of the level in one column."""
    if not finite(level):
        return _GLYPHS[level]
    if level == 0:
        return "·"
    third = (abs(level) - 1) * 3 // LEVELS
    return (_POSITIVE if level > 0 else _NEGATIVE)[third]


def _sampled(name: str) -> dict[int, tuple[tuple[int, int, int], Style]]:
    found = {}
    for level, colour in zip(range(-LEVELS, LEVELS + 1), COLOURS[name].split(), strict=True):
        red, green, blue = bytes.fromhex(colour)
        light = 0.299 * red + 0.587 * green + 0.114 * blue > 125
        background = Color.from_rgb(red, green, blue)
        text = "#000000" if light else "#ffffff"
        found[level] = ((red, green, blue), Style(color=text, bgcolor=background))
    return found

"""How things are drawn: the reader's choices, the same for every panel."""

from __future__ import annotations

from enum import Enum

from rnnstep.record import Record
from rnnstep.render.palette import COLOUR_MAPS, Palette, palette
from rnnstep.render.rows import Look


class Mode(Enum):
    """What stands in the cells of a heatmap."""

    BOTH = "both"
    """Numbers on colour where there is room, else digits, else colour alone."""
    NUMBERS = "numbers"
    """Numbers without colour; what has no room is left out."""
    HEATMAP = "heatmap"
    """Colour without numbers; without colours, signs."""


class Scale(Enum):
    """What the strongest colour stands for."""

    SEQUENCE = "sequence"
    """The largest size over the run: a colour means the same at every timestep."""
    STEP = "step"
    """The largest size in the panel at this timestep."""
    MATRIX = "matrix"
    """The largest size in each array at this timestep."""


class Pen(Record):
    """The reader's choices.

    Attributes:
        mode: numbers, colours or both.
        scale: what the strongest colour stands for.
        precision: digits after the point.
        colour_map: its name; empty on a screen without enough colours.
        look: the styles of everything else.
    """

    mode: Mode = Mode.BOTH
    scale: Scale = Scale.SEQUENCE
    precision: int = 3
    colour_map: str = COLOUR_MAPS[0]
    look: Look = Look()

    @property
    def palette(self) -> Palette:
        """The colours."""
        return palette(self.colour_map)

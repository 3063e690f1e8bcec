"""Which layout of a line's arrays fits a space: the most telling one, all of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from rnnstep.render.blocks import Block, Part
from rnnstep.render.heatmap import Grid, Kind, cell_width, kinds
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.rows import window

_TITLE = 4
"""The columns that even a narrow array's title gets."""


@dataclass(frozen=True, eq=False)
class Placed:
    """One array where it stands: what part of it is shown, and how.

    Attributes:
        block: the array.
        rows: the entries shown from top to bottom.
        columns: likewise from left to right.
        grid: the places that they stand in.
    """

    block: Block
    rows: range
    columns: range
    grid: Grid

    @property
    def one_a_line(self) -> bool:
        """Whether every row of the array that is shown has a line of its own."""
        return self.grid.height() == len(self.rows)

    @property
    def block_size(self) -> tuple[int, int]:
        """How many rows and columns of the array one place stands for."""
        return -(-len(self.rows) // self.grid.rows), -(-len(self.columns) // self.grid.columns)

    def width(self, pen: Pen) -> int:
        """The columns of the screen, its title's first ones included."""
        title = min(cell_len(self.block.title), max(_TITLE, len(self.block.size)))
        return max(self.grid.width(pen), title)

    def line(self, entry: int) -> int | None:
        """The line in which a row of the array stands, if it is shown."""
        if entry not in self.rows:
            return None
        place = (entry - self.rows.start) * self.grid.rows // len(self.rows)
        return place // 2 if self.grid.kind is Kind.HALF else place


def arrange(parts: Sequence[Part], pen: Pen, width: int, height: int, focus: int) -> list[Placed]:
    """Lay out the arrays of a line in ``height`` lines of ``width`` columns.

    Where no kind of cell shows all, a line of vectors becomes a window around the row
    ``focus``, and a line with a matrix an overview in which blocks stand for their strongest.
    """
    blocks = [part for part in parts if isinstance(part, Block)]
    room = width - sum(cell_len(part) for part in parts if isinstance(part, str))
    for kind in kinds(pen):
        placed = [_entire(block, kind) for block in blocks]
        if _fits(placed, pen, room, height):
            return placed
    if pen.mode is not Mode.HEATMAP and all(block.array.shape[1] == 1 for block in blocks):
        for kind in kinds(pen):
            placed = [_windowed(block, kind, height, 1, focus) for block in blocks]
            if _fits(placed, pen, room, height):
                return placed
    share = _columns_left(blocks, kinds(pen)[-1], pen, room)
    if pen.mode is Mode.NUMBERS:
        return [_windowed(block, Kind.NUMBER, height, share, focus) for block in blocks]
    return [_overview(block, kinds(pen)[-1], height, share) for block in blocks]


def _fits(placed: Sequence[Placed], pen: Pen, room: int, height: int) -> bool:
    wide = sum(one.width(pen) for one in placed)
    return wide <= room and all(one.grid.height() <= height for one in placed)


def _entire(block: Block, kind: Kind) -> Placed:
    rows, columns = block.array.shape
    return Placed(block, range(rows), range(columns), Grid(kind, rows, columns))


def _windowed(block: Block, kind: Kind, height: int, columns: int, focus: int) -> Placed:
    count, across = block.array.shape
    lines = height * 2 if kind is Kind.HALF else height
    rows = window(count, lines, focus)
    shown = range(min(across, columns))
    return Placed(block, rows, shown, Grid(kind, len(rows), len(shown)))


def _overview(block: Block, kind: Kind, height: int, columns: int) -> Placed:
    count, across = block.array.shape
    lines = height * 2 if kind is Kind.HALF else height
    grid = Grid(kind, min(count, lines), min(across, columns))
    return Placed(block, range(count), range(across), grid)


def _columns_left(blocks: Sequence[Block], kind: Kind, pen: Pen, room: int) -> int:
    """The columns of entries for each matrix when the vectors have had theirs."""
    matrices = [block for block in blocks if block.array.shape[1] > 1]
    vectors = [_entire(block, kind) for block in blocks if block.array.shape[1] == 1]
    left = room - sum(one.width(pen) for one in vectors)
    return max(left // max(len(matrices), 1) // cell_width(kind, pen), 1)

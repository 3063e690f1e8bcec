"""One array on the screen: which part of it is shown, in cells of which kind."""

from __future__ import annotations

from rich.cells import cell_len

from rnnstep.record import Record
from rnnstep.render.blocks import Block
from rnnstep.render.heatmap import Grid, Kind
from rnnstep.render.pen import Pen
from rnnstep.render.rows import window
from rnnstep.scale import edge

_TITLE = 4
"""The columns that even a narrow array's title gets."""


class Placed(Record):
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
        drawn = self.grid.width(pen)
        title = min(cell_len(self.block.title), max(_TITLE, cell_len(self.block.size), drawn))
        # the space behind the last number is room for a title, and else for nothing
        return max(drawn - (self.grid.kind is Kind.NUMBER), title)

    def line(self, entry: int) -> int | None:
        """The line in which a row of the array stands, if it is shown."""
        if entry not in self.rows:
            return None
        # the last block that begins at the entry or above it, as scale.edge cuts them
        place = ((entry - self.rows.start + 1) * self.grid.rows - 1) // len(self.rows)
        return place // self._halves

    def entry(self, line: int) -> int | None:
        """The first row of the array that stands in a line, if one does."""
        if not 0 <= line < self.grid.height():
            return None
        return self.rows.start + edge(line * self._halves, self.grid.rows, len(self.rows))

    @property
    def _halves(self) -> int:
        return 2 if self.grid.kind is Kind.HALF else 1


def entire(block: Block, kind: Kind) -> Placed:
    """Every entry in a place of its own."""
    rows, columns = block.array.shape
    return Placed(block, range(rows), range(columns), Grid(kind, rows, columns))


def windowed(
    block: Block, kind: Kind, height: int, columns: int, focus: int, column: int = 0
) -> Placed:
    """The rows around ``focus`` that fit ``height``, and the columns from ``column`` on."""
    count, across = block.array.shape
    lines = height * 2 if kind is Kind.HALF else height
    rows = window(count, lines, focus)
    first = max(min(column, across - columns), 0)
    shown = range(first, min(first + columns, across))
    return Placed(block, rows, shown, Grid(kind, len(rows), len(shown)))


def overview(block: Block, kind: Kind, height: int, columns: int) -> Placed:
    """All of it in as many places as there are: blocks of entries share one."""
    count, across = block.array.shape
    lines = height * 2 if kind is Kind.HALF else height
    grid = Grid(kind, min(count, lines), min(across, columns))
    return Placed(block, range(count), range(across), grid)

"""Which layout of a line fits a space: the most telling one, its arrays all of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from rnnstep.record import Record
from rnnstep.render.blocks import Block, Part
from rnnstep.render.heatmap import Kind, cell_width, kinds
from rnnstep.render.numbers import PRECISIONS, signed_width
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.placed import Placed, entire, overview, windowed

_LEFT_OUT = "…"


class Layout(Record):
    """A line as it fits its space.

    Attributes:
        parts: its arrays and signs; text stands for an operand that has no room.
        placed: the arrays among the parts; the last one is the result.
        pen: the reader's, its digits as many as have room.
        left_out: the titles of the operands that have none.
    """

    parts: Sequence[Part]
    placed: Sequence[Placed]
    pen: Pen
    left_out: Sequence[str] = ()

    def fits(self, width: int, height: int) -> bool:
        """Whether it is in no way larger."""
        texts = sum(cell_len(part) for part in self.parts if isinstance(part, str))
        wide = texts + sum(one.width(self.pen) for one in self.placed)
        return wide <= width and all(one.grid.height() <= height for one in self.placed)


def arrange(
    parts: Sequence[Part], pen: Pen, width: int, height: int, focus: int, column: int = 0
) -> Layout:
    """Lay out the arrays of a line in ``height`` lines of ``width`` columns.

    Where no kind of cell shows all, a line of vectors becomes a window around the row
    ``focus``, and a line with a matrix an overview in which blocks stand for their strongest.
    Plain numbers have fewer digits first, then fewer columns: those from ``column`` on. Operands
    that still have no room are left out, so that the result stands whole; it stands alone in the
    smallest layout.
    """
    for some, left_out in _shortened(parts):
        for placed, used in _choices(some, pen, width, height, focus, column):
            layout = Layout(some, placed, used, left_out)
            if layout.fits(width, height):
                return layout
    return layout


def _shortened(parts: Sequence[Part]) -> Iterator[tuple[list[Part], list[str]]]:
    """The line, without one operand after the other, and at last the result alone."""
    places = [place for place, part in enumerate(parts) if isinstance(part, Block)]
    titles = [part.title for part in parts if isinstance(part, Block)]
    for count in range(len(places)):
        out = places[:count]
        some = [_LEFT_OUT if place in out else part for place, part in enumerate(parts)]
        yield some, list(dict.fromkeys(titles[:count]))
    yield [parts[-1]], list(dict.fromkeys(titles[:-1]))


def _choices(
    parts: Sequence[Part], pen: Pen, width: int, height: int, focus: int, column: int
) -> Iterator[tuple[list[Placed], Pen]]:
    """Every way to lay out these parts, the most telling first."""
    blocks = [part for part in parts if isinstance(part, Block)]
    pens = list(_pens(pen))
    for number in (True, False):
        # a number of fewer digits says more than a digit that stands for a level
        for one in pens:
            for kind in kinds(one):
                if (kind is Kind.NUMBER) is number:
                    yield [entire(block, kind) for block in blocks], one
    if pen.mode is not Mode.HEATMAP and all(block.array.shape[1] == 1 for block in blocks):
        for one in pens:
            for kind in kinds(one):
                yield [windowed(block, kind, height, 1, focus) for block in blocks], one
    room = width - sum(cell_len(part) for part in parts if isinstance(part, str))
    for one in pens:
        kind = kinds(one)[-1]
        share = _columns_left(blocks, kind, one, room)
        if kind is Kind.NUMBER:
            yield [windowed(block, kind, height, share, focus, column) for block in blocks], one
        else:
            yield [overview(block, kind, height, share) for block in blocks], one


def _pens(pen: Pen) -> Iterator[Pen]:
    """The pen, and where numbers may be shown the ones of fewer digits and less width."""
    yield pen
    if pen.mode is not Mode.HEATMAP:
        for fewer in reversed(PRECISIONS):
            if fewer < pen.precision and signed_width(fewer) < signed_width(fewer + 1):
                yield pen.replaced(precision=fewer)


def _columns_left(blocks: Sequence[Block], kind: Kind, pen: Pen, room: int) -> int:
    """The columns of entries for each matrix when the vectors have had theirs."""
    matrices = [block for block in blocks if block.array.shape[1] > 1]
    vectors = [entire(block, kind) for block in blocks if block.array.shape[1] == 1]
    left = room - sum(one.width(pen) for one in vectors)
    # behind the last number there need be no space
    each = left // max(len(matrices), 1) + (kind is Kind.NUMBER)
    return max(each // cell_width(kind, pen), 1)

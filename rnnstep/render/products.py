"""The terms of a dot product as lines: each its product, its factors and a bar, then their sum."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.equations import to_unicode
from rnnstep.frame import Frame
from rnnstep.render.numbers import signed, signed_width
from rnnstep.render.palette import digits
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row, clip, window
from rnnstep.scale import finite, largest, levels
from rnnstep.terms import DotProduct, Term

_BAR, _LONGEST_BAR, _SHORTEST_BAR = "█", 12, 4
_GAP = "  "


def products(
    product: DotProduct, frame: Frame, pen: Pen, width: int, height: int, selected: int
) -> tuple[list[Row], list[object], int]:
    """The terms by size, as many as fit, and their sum.

    Returns:
        the rows, for each the place of its term, and the row of the selected one.
    """
    ranks = window(len(product), max(height - 1, 1), selected)
    shown = product.terms(ranks.start, ranks.stop)
    texts = _texts(shown, product, frame, pen)
    widest = max(map(cell_len, texts), default=0)
    room = width - signed_width(pen.precision) - widest - len(_GAP)
    bars = _bars(shown, largest(product.products), room)
    rows = [
        _term(term, set_cell_size(text, widest) if bar else text, bar, pen, width)
        for term, text, bar in zip(shown, texts, bars, strict=True)
    ]
    rest = len(product) - len(shown)
    more = f", {rest} not shown" if rest else ""
    counted = f"{len(product)} term" + ("s" if len(product) != 1 else "")
    total = f"{_number(product.total, pen)}{_GAP}sum of {counted}{more}"
    rows.append([Segment(clip(total, width), pen.look.accent)])
    focus = min(max(selected - ranks.start, 0), len(ranks))
    return rows, [*(term.index for term in shown), None], focus


def _number(value: float, pen: Pen) -> str:
    return signed(value, pen.precision).rjust(signed_width(pen.precision))


def _texts(terms: list[Term], product: DotProduct, frame: Frame, pen: Pen) -> list[str]:
    """``Wh[3,5]·h[5] = +0.62 × +0.50`` for each term."""
    left, right = (to_unicode(node, frame.layer.title) for node in (product.left, product.right))
    return [
        f"{_GAP}{left}[{product.unit},{term.index}]·{right}[{term.index}] = "
        f"{signed(term.weight, pen.precision)} × {signed(term.value, pen.precision)}"
        for term in terms
    ]


def _bars(terms: list[Term], biggest: float, room: int) -> list[str]:
    """A bar for each term beside the largest finite one; a mark for what is not finite."""
    longest = min(room, _LONGEST_BAR)
    if longest < _SHORTEST_BAR:
        return [""] * len(terms)
    found = levels(np.array([term.product for term in terms]), biggest).tolist()
    return [
        _BAR * round(abs(term.product) / (biggest or 1.0) * longest)
        if finite(level)
        else digits(level)
        for term, level in zip(terms, found, strict=True)
    ]


def _term(term: Term, text: str, bar: str, pen: Pen, width: int) -> Row:
    """``+0.310  Wh[3,5]·h[5] = +0.62 × +0.50  ██████``; where there is no room, no bar."""
    ink = pen.palette.ink(term.product)
    number = clip(_number(term.product, pen), width)
    row = [Segment(number, ink), Segment(clip(text, width - cell_len(number)))]
    return [*row, Segment(_GAP), Segment(bar, ink)] if bar else row

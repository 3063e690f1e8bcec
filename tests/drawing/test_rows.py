"""Rows: where two of them differ, and how they look on a panel's colours."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from rnnstep.render.ground import Ground
from rnnstep.render.rows import Row, changed, fit, plain, width

STYLES = [None, *map(Style.parse, ("", "red", "on blue", "bold red", "red on blue", "reverse"))]
TEXTS = st.text("ab雪ₜ", min_size=1, max_size=4)
SEGMENTS = st.tuples(TEXTS, st.sampled_from(STYLES)).map(lambda drawn: Segment(*drawn))
ROWS = st.lists(SEGMENTS, max_size=8)


def columns(row: Row) -> list[tuple[str, Style | None]]:
    """The character and the style of each column; a wide one has two."""
    return [
        (letter, style)
        for text, style, _ in row
        for letter in text
        for _ in range(width([Segment(letter)]))
    ]


@given(ROWS, ROWS)
def test_outside_the_columns_that_changed_two_rows_are_alike(first: Row, second: Row) -> None:
    wide = max(width(first), width(second))
    before, now = fit(first, wide), fit(second, wide)
    where = changed(before, now)
    assert columns(before)[: where.start] == columns(now)[: where.start]
    assert columns(before)[where.stop :] == columns(now)[where.stop :]


@given(ROWS, SEGMENTS, ROWS)
def test_one_cell_that_changes_is_all_that_is_named(left: Row, cell: Segment, right: Row) -> None:
    other = Segment("x" * cell.cell_length, Style(italic=True))
    where = changed([*left, cell, *right], [*left, other, *right])
    assert where == range(width(left), width(left) + cell.cell_length)
    assert not changed(left, list(left))


@given(st.lists(ROWS, max_size=4))
def test_a_row_looks_on_its_ground_as_each_of_its_cells_does(rows: list[Row]) -> None:
    style = Style.parse("green on black")
    ground = Ground(style)
    for row in rows:
        laid = ground.under(row)
        assert columns(laid) == [(letter, style + own) for letter, own in columns(row)]
        assert plain(laid) == plain(row)
        looks = [segment.style for segment in laid]
        assert all(one != other for one, other in pairwise(looks))

"""The timeline: every line has its own unit's name, and names may be of wide characters."""

from __future__ import annotations

import pytest

from rnnstep import Session
from rnnstep.labels import Labels
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Drawing, plain
from rnnstep.render.rows import width as row_width
from rnnstep.render.timeline import timeline
from tests.drawing.runs import simple_rnn

HALVES = Pen(mode=Mode.HEATMAP)
WIDE = Labels(timesteps=tuple("日本語ですよ"), units=("長短", "b"))


def drawn(session: Session, zoom: int | None, width: int, height: int = 5) -> Drawing:
    return timeline(session.frame(), "h_t", zoom, Pen(colour_map=""), width, height)


@pytest.mark.parametrize(
    ("units", "height", "labels"),
    [
        (7, 5, "0 1, 2 3, 4 5, 6"),
        (6, 4, "0 1, 2 3, 4 5"),
        (9, 4, "0, 3, 6"),
        (5, 4, "0 1, 2 3, 4"),
        (48, 4, "0, 16, 32"),
        (300, 4, "0, 100, 200"),
    ],
)
def test_a_line_of_halves_is_named_after_both_and_one_of_more_after_its_first(
    units: int, height: int, labels: str
) -> None:
    drawing = timeline(simple_rnn(units).frame(), "h_t", None, HALVES, 40, height)
    assert [row[0].text.strip() for row in drawing.rows[:-1]] == labels.split(", ")


def test_of_two_names_without_room_the_first_is_left() -> None:
    session = simple_rnn(4, labels=Labels(units=("h0", "carry", "remainder_of_all", "h3")))
    for width, names in ((40, ["h0 carry", "remaind…"]), (60, ["h0 carry", "remaind… h3"])):
        drawing = timeline(session.frame(), "h_t", None, HALVES, width, 3)
        assert [row[0].text.strip() for row in drawing.rows[:-1]] == names


@pytest.mark.parametrize("pen", [HALVES, Pen(colour_map="")])
@pytest.mark.parametrize(("units", "height"), [(7, 5), (9, 4), (48, 4), (3, 9)])
def test_one_line_is_lit_for_every_unit_and_in_order(pen: Pen, units: int, height: int) -> None:
    session = simple_rnn(units)
    session.goto_value("h_t")
    lit = []
    for unit in range(units):
        session.goto_unit(unit)
        rows = timeline(session.frame(), "h_t", None, pen, 40, height).rows[:-1]
        found = [line for line, row in enumerate(rows) if row[0].style == pen.look.accent]
        assert len(found) == 1
        lit += found
    assert lit == sorted(lit)
    assert set(lit) == set(range(len(rows)))


@pytest.mark.parametrize("zoom", [None, 6, 3, 2, 1, -2])
@pytest.mark.parametrize("t", range(-1, 6))
def test_wide_characters_keep_their_columns(zoom: int | None, t: int) -> None:
    session = simple_rnn(2, labels=WIDE)
    session.goto(t)
    for width in range(9, 60):
        *cells, axis = drawn(session, zoom, width).rows
        assert len({row_width(row) for row in cells}) == 1
        assert row_width(axis) == row_width(cells[0]) <= width


def test_a_wide_label_stands_over_its_own_timestep() -> None:
    session = simple_rnn(2, labels=WIDE)
    session.goto(2)
    *_, axis = drawn(session, 2, 40).rows
    assert plain(axis).rstrip() == "     日本語ですよ"
    assert [segment.text for segment in axis if segment.style == Pen().look.cursor] == ["語"]


@pytest.mark.parametrize("scale", [Scale.STEP, Scale.MATRIX])
def test_the_largest_on_the_screen_is_said_to_be_that_of_the_window(scale: Scale) -> None:
    drawing = timeline(simple_rnn(2).frame(), "h_t", 1, Pen(scale=scale), 40, 5)
    assert drawing.caption.endswith(" (window)")

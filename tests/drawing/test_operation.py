"""A line at work: its result always stands there whole, and the caption says what does not."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Session
from rnnstep.render.blocks import block
from rnnstep.render.heatmap import Grid, Kind
from rnnstep.render.numbers import signed
from rnnstep.render.operation import operation
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.placed import Placed
from rnnstep.render.rows import Drawing, plain
from rnnstep.render.rows import width as row_width
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline
from rnnstep.scale import strongest
from tests.drawing.conftest import open_run
from tests.drawing.runs import simple_rnn

NUMBERS = Pen(Mode.NUMBERS, colour_map="")
SIGNS = Pen(colour_map="")


def at(name: str, t: int, value: str) -> Session:
    session = open_run(name)
    session.goto(t)
    session.goto_value(value)
    return session


def shows_result(drawing: Drawing, session: Session, width: int) -> bool:
    """Whether the number at the cursor stands behind the mark, with some of its digits."""
    frame = session.frame()
    value = float(frame.values[frame.equation.name][frame.cursor.unit])
    line = next(text for text in map(plain, drawing.rows) if "▸" in text)
    told = line.split("▸")[1].split()[0]
    fits = max(map(row_width, drawing.rows)) <= width
    return fits and told in [signed(value, digits) for digits in (1, 2, 3)]


@pytest.mark.parametrize("width", range(7, 80))
@pytest.mark.parametrize(
    ("name", "value"), [("brackets", "c_t"), ("addition", "Wh_h"), ("text", "h_t")]
)
def test_numbers_show_the_result_however_narrow(name: str, value: str, width: int) -> None:
    session = at(name, 7, value)
    assert shows_result(operation(session.frame(), NUMBERS, width, 9), session, width)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("colour_map", ["", "crameri:berlin"])
def test_no_operand_pushes_the_result_out_in_any_mode(mode: Mode, colour_map: str) -> None:
    frame = at("brackets", 7, "c_t").frame()
    for width in range(8, 60):
        drawing = operation(frame, Pen(mode, colour_map=colour_map), width, 9)
        assert max(map(row_width, drawing.rows)) <= width
        assert "▸" in drawing.plain


def test_digits_are_given_up_before_operands_and_both_are_said() -> None:
    frame = at("brackets", 7, "c_t").frame()
    whole, fewer, some, last = (operation(frame, NUMBERS, width, 9) for width in (60, 42, 36, 8))
    assert whole.caption == ""
    assert fewer.caption == "2 of 3 digits"
    assert fewer.plain.count("×") == 2
    assert some.caption.startswith("2 of 3 digits · no room for fₜ")
    assert "… × " in some.plain
    assert last.caption == "no room for fₜ, cₜ₋₁, iₜ, gₜ"
    assert "+" in last.plain or "−" in last.plain


def test_a_line_of_an_overview_holds_the_entries_that_it_was_made_of() -> None:
    for units in range(2, 40):
        for rows in range(1, units):
            # column j is 1 at entry j alone, and so in the line that entry j went into
            lines = strongest(np.eye(units), (rows, units)).argmax(axis=0).tolist()
            grid = Grid(Kind.GLYPH, rows, 1)
            placed = Placed(block("h", "h", np.zeros(units)), range(units), range(1), grid)
            assert [placed.line(entry) for entry in range(units)] == lines


@given(st.integers(1, 40), st.integers(0, 9), st.data())
def test_the_first_entry_of_a_line_is_the_first_that_stands_in_it(
    count: int, start: int, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from([Kind.HALF, Kind.GLYPH]))
    grid = Grid(kind, data.draw(st.integers(1, count)), 1)
    rows = range(start, start + count)
    placed = Placed(block("h", "h", np.zeros(start + count)), rows, range(1), grid)
    first = {placed.line(entry): entry for entry in reversed(rows)}
    assert [placed.entry(line) for line in range(-1, count + 1)] == [
        first.get(line) for line in range(-1, count + 1)
    ]


def test_the_mark_of_an_overview_stands_where_a_click_finds_its_unit() -> None:
    session = simple_rnn(48)
    session.goto_value("Wh_h")
    for unit in range(48):
        session.goto_unit(unit)
        drawing = operation(session.frame(), SIGNS, 60, 12)
        marked = next(i for i, row in enumerate(drawing.rows) if "▸" in plain(row))
        first = drawing.targets[marked]
        after = [t for t in drawing.targets[marked + 1 :] if isinstance(t, int)]
        assert isinstance(first, int)
        assert first <= unit < (after[0] if after else 48)
        assert drawing.focus == marked


def test_digits_are_said_to_be_ninths_and_only_where_they_are_drawn() -> None:
    frame = at("brackets", 7, "c_t").frame()
    digits = operation(frame, SIGNS, 32, 9)
    assert re.search(r"[+−]\d × ", digits.plain)
    assert digits.caption == "digits: ninths of ±0.995"
    for pen in (SIGNS, NUMBERS, Pen(Mode.HEATMAP, colour_map="")):
        assert "ninths" not in operation(frame, pen, 80, 9).caption


@pytest.mark.parametrize("width", [38, 42, 62, 63])
def test_a_caption_is_told_in_fewer_words_where_it_would_be_cut(width: int) -> None:
    caption = operation(at("question", 7, "Wh_h").frame(), SIGNS, width, 12).caption
    assert len(caption) <= width - 2
    if width < 60:
        assert re.fullmatch(r"±\d\.\d+, Wh ±\d\.\d+ · \d+×\d+ a cell", caption)
    else:
        assert re.search(r"\(sequence\) · one cell: the largest of \d+×\d+$", caption)


def test_digits_of_strips_and_of_the_timeline_are_said_to_be_ninths() -> None:
    frame = at("question", 3, "Wh_h").frame()
    # xₜ has room for numbers, or for digits; what has more entries stands in digits, or in signs
    for width in (240, 100):
        some = strips(frame, SIGNS, width).caption
        assert some == "each its own scale (sequence), digits in ninths"
    brackets = at("brackets", 3, "h_t").frame()
    alone = strips(brackets, SIGNS, 22).caption
    assert alone == "digits: ninths, each of its own scale (sequence)"
    assert "ninths" not in strips(frame, NUMBERS, 240).caption
    step = strips(frame, Pen(colour_map="", scale=Scale.STEP), 240).caption
    assert re.fullmatch(r"digits: ninths of ±[\d.]+ \(step\)", step)
    few = at("addition", 3, "Wh_h").frame()
    assert timeline(few, "h_t", 3, SIGNS, 80, 9).caption == "digits: ninths of ±1.000 (sequence)"
    assert "ninths" not in timeline(few, "h_t", 1, SIGNS, 80, 9).caption


def test_no_bracket_stands_apart_from_its_number() -> None:
    frame = at("text", 5, "h_t").frame()
    assert ") ×" in operation(frame, SIGNS, 80, 9).plain
    assert " )" not in operation(frame, SIGNS, 80, 9).plain


def test_initial_states_have_one_order() -> None:
    session = at("brackets", -1, "c_t")
    named = [row[0].text.split()[0] for row in strips(session.frame(), SIGNS, 60).rows]
    assert operation(session.frame(), SIGNS, 60, 9).plain.splitlines()[0].split() == named

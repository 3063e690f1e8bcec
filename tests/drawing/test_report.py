"""A run as text: no line is wider than asked, and no number is cut in two."""

from __future__ import annotations

import re

import pytest

from rnnstep.notes import Note
from rnnstep.render.pen import Pen
from rnnstep.render.report import report
from rnnstep.render.rows import plain
from rnnstep.render.rows import width as row_width
from tests.drawing.conftest import open_run

NUMBER = re.compile(r"[+−](\d\.\d{3}|\de-\d)")


@pytest.mark.parametrize("name", ["addition", "brackets", "text"])
@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 100])
def test_no_line_is_wider_than_asked(name: str, width: int) -> None:
    for row in report(open_run(name), range(2), Pen(), width):
        assert row_width(row) <= width, plain(row)


@pytest.mark.parametrize("width", range(40, 120))
def test_numbers_are_whole_and_an_ellipsis_says_that_there_are_more(width: int) -> None:
    for row in map(plain, report(open_run("text"), range(1), Pen(), width)):
        shape = re.search(r"\((\d+)\)  (.*)", row)
        if shape:
            told = shape[2].split()
            whole = int(shape[1]) == len(told)
            assert whole or told.pop() == "…"
            assert all(NUMBER.fullmatch(number) for number in told)


def test_equations_give_way_to_their_numbers() -> None:
    narrow = "\n".join(map(plain, report(open_run("brackets"), range(1), Pen(), 40)))
    assert "Wh_i @" not in narrow
    assert re.search(r"Wh_i·hₜ₋₁ +\(2\)  \S+ \S+\n", narrow)


def test_the_title_is_cut_with_an_ellipsis_and_notes_go_on_below() -> None:
    session = open_run("addition")
    session.notes = (*session.notes, Note("many words " * 20, flag="--flag"))
    rows = list(map(plain, report(session, range(1), Pen(), 30)))
    assert rows[0].startswith("rnnstep  seq.npy") and rows[0].endswith("…")
    (start,) = (at for at, row in enumerate(rows) if row.startswith("  many words"))
    end = next(at for at, row in enumerate(rows) if row.endswith("(--flag)"))
    noted = rows[start : end + 1]
    assert " ".join(map(str.strip, noted)).count("many words") == 20
    assert all(len(row) <= 30 for row in noted)

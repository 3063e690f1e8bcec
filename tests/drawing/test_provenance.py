"""The path to a number and a state's memory as plain text: golden files, and what no room does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnstep.provenance import memory, states_kept
from rnnstep.render.inputs import input_shares
from rnnstep.render.path import path_tree, percent
from rnnstep.render.pen import Pen
from rnnstep.render.remembered import remembered
from rnnstep.render.rows import Drawing
from rnnstep.session import Session
from tests.drawing.conftest import PLAIN, open_run
from tests.drawing.runs import simple_rnn
from tests.drawing.test_goldens import compare

GOLDENS = Path(__file__).parent / "provenance"
PLACES = {"brackets": (9, "lstm/h_t", 1), "text": (12, "output/a", 3), "nan": (6, "rnn/h_t", 0)}
CASES = [
    ("brackets", "path", 80),
    ("brackets", "path", 40),
    ("text", "path", 120),
    ("nan", "path", 80),
    ("brackets", "memory", 80),
    ("text", "memory", 60),
    ("brackets", "inputs", 80),
    ("nan", "inputs", 40),
]


def session_at(run: str) -> Session:
    t, value, unit = PLACES[run]
    session = open_run(run)
    session.goto(t)
    session.goto_value(value)
    session.goto_unit(unit)
    return session


def draw_path(session: Session, width: int, count: int = 24, pen: Pen = PLAIN) -> Drawing:
    found = session.why(count=count)
    return path_tree(found, session.trace, session.labels, pen, width)


def draw_memory(session: Session, width: int, by_size: bool = False, most: int = 200) -> Drawing:
    layer = session.trace.model.layers[0]
    (state,) = states_kept(layer)
    found = memory(session.trace, 0, state, session.cursor.unit, session.cursor.t)
    return remembered(found, layer, session.labels, PLAIN, width, by_size=by_size, most=most)


def draw_inputs(session: Session, width: int, by_time: bool = False, most: int = 200) -> Drawing:
    return input_shares(
        session.inputs(), session.trace, session.labels, PLAIN, width, by_time=by_time, most=most
    )


DRAWINGS: dict[str, Callable[[Session, int], Drawing]] = {
    "path": draw_path,
    "memory": draw_memory,
    "inputs": draw_inputs,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}.{case[1]}.{case[2]}")
def test_a_drawing_is_the_golden_one(case: tuple[str, str, int]) -> None:
    run, what, width = case
    drawing = DRAWINGS[what](session_at(run), width)
    # how much was rounded hangs on the last bits
    text = re.sub(r", rounding \S+", ", rounding …", drawing.plain)
    compare(GOLDENS / f"{run}.{what}.{width}.txt", f"{text}\n[{drawing.caption}]\n")


def test_every_golden_file_is_compared_with_a_drawing() -> None:
    expected = {f"{run}.{what}.{width}.txt" for run, what, width in CASES}
    assert {path.name for path in GOLDENS.iterdir()} == expected


@pytest.mark.parametrize("width", [1, 10, 29, 30, 59, 60, 61, 200])
def test_no_row_is_wider_than_its_room(width: int) -> None:
    session = session_at("brackets")
    for drawing in [draw(session, width) for draw in DRAWINGS.values()]:
        assert max(sum(s.cell_length for s in row) for row in drawing.rows) <= width
        assert len(drawing.rows) == len(drawing.targets)


def test_what_is_not_shown_of_a_memory_is_in_a_line_of_its_own() -> None:
    session = session_at("brackets")
    session.goto(40)
    few = draw_memory(session, 80, most=3)
    assert few.targets[:3] == [40, 39, 38]
    assert few.plain.splitlines()[3].endswith("of 38 more timesteps")
    assert few.plain.splitlines()[-1] == draw_memory(session, 80).plain.splitlines()[-1]


def test_what_is_not_shown_of_the_inputs_is_in_a_line_of_its_own() -> None:
    few, every = (draw_inputs(session_at("brackets"), 80, most=most) for most in (3, 200))
    assert few.plain.splitlines()[:3] == every.plain.splitlines()[:3]
    assert few.plain.splitlines()[3].endswith("7 more inputs")
    assert few.targets[3:] == [None] * (len(few.rows) - 3)


def test_inputs_by_time_begin_with_the_newest() -> None:
    drawing = draw_inputs(session_at("brackets"), 80, by_time=True)
    assert drawing.targets[:10] == list(range(9, -1, -1))


def test_by_size_the_largest_is_first() -> None:
    session = session_at("brackets")
    numbers = [float(line.split()[0].replace("−", "-")) for line in sized(session)]
    assert numbers == sorted(numbers, key=abs, reverse=True)


def sized(session: Session) -> list[str]:
    return draw_memory(session, 80, by_size=True).plain.splitlines()[:-1]


def test_a_share_is_never_shown_as_none_if_it_is_some() -> None:
    shares = (0.0, 0.001, 0.004, 0.005, 0.344, 1.0)
    assert [percent(share) for share in shares] == ["0 %", "<1 %", "<1 %", "<1 %", "34 %", "100 %"]


def test_one_number_is_one_number() -> None:
    session = simple_rnn(3)
    session.goto(-1)
    session.goto_value("h_t")
    assert draw_path(session, 80).caption.startswith("1 number: ")
    assert draw_path(session, 80).plain.startswith("hₜ[0] = +0.000  rnn, t -1, initial state")

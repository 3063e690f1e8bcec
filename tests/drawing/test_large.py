"""What a large layer costs: work is for what is shown, however many units there are."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Model, Session, Trace, build_layer, load_cell, origins, terms
from rnnstep.arrays import is_fixed
from rnnstep.equations.nodes import Name
from rnnstep.render import kept
from rnnstep.render.blocks import block
from rnnstep.render.drilldown import drilldown
from rnnstep.render.heatmap import Grid, Kind
from rnnstep.render.operation import operation
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.placed import Placed
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline
from rnnstep.terms import DotProduct, Term

MANY, MORE = 300, 1200
PENS = [Pen(Mode.BOTH), Pen(Mode.NUMBERS), Pen(Mode.HEATMAP, Scale.STEP), Pen(scale=Scale.MATRIX)]


def of_size(units: int, value: str = "Wh_h") -> Session:
    """A SimpleRNN of so many units, each of which does the same."""
    shapes = {"Wx": (units, 2), "Wh": (units, units), "b": (units,)}
    weights = {name: np.full(shape, 1 / units, np.float32) for name, shape in shapes.items()}
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    session = Session(Trace(model, np.ones((9, 2), np.float32)))
    session.goto_value(value)
    return session


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[object]:
    """A list that grows with each call of a function."""
    calls: list[object] = []
    whole = getattr(module, name)

    def call(*given: object) -> object:
        calls.append(given)
        return whole(*given)

    monkeypatch.setattr(module, name, call)
    return calls


def calls_of(act: Callable[[], object]) -> int:
    """How many functions are called, those written in C among them."""
    found = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


def draw(session: Session, pen: Pen) -> None:
    """All that the panels show of a moment."""
    frame = session.frame()
    timeline(frame, "h_t", None, pen, 60, 12)
    strips(frame, pen, 60)
    operation(frame, pen, 80, 12)
    drilldown(frame, pen, 60, 12)


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: f"{pen.mode.value}-{pen.scale.value}")
@pytest.mark.parametrize("value", ["Wx_x", "Wh_h", "a", "h_t"])
def test_four_times_the_units_are_drawn_with_as_many_calls(value: str, pen: Pen) -> None:
    found = []
    for units in (MANY, MORE):
        session = of_size(units, value)
        draw(session, pen)
        session.step()
        session.frame()
        draw(session, pen)
        session.step()
        session.frame()
        found.append(calls_of(lambda session=session: draw(session, pen)))  # type: ignore[misc]
    # numbers of more digits, and a few blocks of other sizes
    assert found[1] <= 1.1 * found[0]


def test_terms_are_made_for_the_lines_that_show_them(monkeypatch: pytest.MonkeyPatch) -> None:
    session = of_size(MANY)
    session.goto(3)
    made = counted(monkeypatch, terms, "Term")
    drawing = drilldown(session.frame(), Pen(), 80, 12)
    assert drawing.total == MANY
    assert len(made) == sum(target is not None for target in drawing.targets) == 11


def test_a_term_chosen_far_down_is_made_alone_with_its_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = counted(monkeypatch, terms, "Term")
    drilldown(of_size(MANY).frame(), Pen(), 80, 12, MANY - 1)
    assert len(made) == 11


def test_the_way_to_an_origin_is_made_no_longer_than_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = of_size(MANY)
    session.goto(3)
    made = counted(monkeypatch, origins, "Part")
    session.to_origin(4)
    assert (session.cursor.t, session.cursor.unit) == (2, 4)
    assert len(made) == 5


NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.5, np.nan, np.inf, -np.inf]) | st.floats(
    width=32
)


@given(st.lists(NUMBERS, min_size=1, max_size=30), st.data())
def test_terms_of_some_ranks_are_those_of_all_sorted(
    numbers: list[float], data: st.DataObject
) -> None:
    products = np.array(numbers, np.float32)
    ones = np.ones_like(products)
    product = DotProduct(Name("W"), Name("v"), 0, 0.0, products, ones, products)
    start = data.draw(st.integers(0, len(numbers)))
    stop = data.draw(st.none() | st.integers(start, len(numbers)))

    def rank(index: int) -> tuple[bool, float, int]:
        size = abs(float(products[index]))
        # NaN before all, and an infinity beside the largest number there is
        known = 0.0 if np.isnan(size) else -min(size, float(np.finfo(np.float32).max))
        return not np.isnan(size), known, index

    order = sorted(range(len(numbers)), key=rank)
    found = product.terms(start, stop)
    assert [term.index for term in found] == order[start:stop]
    assert all(isinstance(term, Term) for term in found)


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


# What cannot change is looked at once.


def test_weights_of_a_file_cannot_change_mapped_or_read(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    np.arange(4096, dtype=np.float32).tofile(path)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    read = np.frombuffer(path.read_bytes(), np.float32)
    of_mapped = np.frombuffer(memoryview(mapped)[4:], np.float32)
    for array in (np.memmap(path, np.float32, "r"), read, of_mapped):
        assert is_fixed(array.reshape(-1, 1)[1:])
    assert not is_fixed(np.memmap(path, np.float32, "r+"))
    assert not is_fixed(np.frombuffer(memoryview(bytearray(8)).toreadonly(), np.float32))


def test_a_mapped_matrix_is_made_smaller_once(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.ones((200, 200), np.float32))
    array = np.load(tmp_path / "w.npy", mmap_mode="r")
    looked: list[int] = []
    for _ in range(3):
        kept.kept(np.asarray(array), "here", lambda: looked.append(1))
    assert looked == [1]


def test_vectors_drive_no_matrix_out() -> None:
    matrix = np.zeros((64, 64))
    matrix.flags.writeable = False
    made: list[int] = []
    for _ in range(3):
        kept.kept(matrix, "once", lambda: made.append(1))
        for _ in range(100):
            vector = np.zeros((4096, 1))
            vector.flags.writeable = False
            kept.kept(vector, "each", lambda: None)
    assert made == [1]


def test_a_stretch_of_the_past_is_the_same_array_at_each_step() -> None:
    session = of_size(3)
    for size, stop in ((1, 9), (2, 4)):
        past = session.history.blocks(0, "h_t", size, 0, stop)
        assert session.history.blocks(0, "h_t", size, 0, stop) is past
        assert is_fixed(past)
        assert session.history.blocks(0, "h_t", size, 1, stop).tolist() == past[1:].tolist()

"""What a large layer costs: work is for what is shown, however many units there are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnnstep import Model, Session, Trace, build_layer, load_cell, origins, terms
from rnnstep.render.drilldown import drilldown
from rnnstep.render.operation import operation
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline

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

"""Breakpoints and watches by key: what the session can do, from the keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot

from rnnstep import Model, Session, Trace, build_layer
from rnnstep.tui.app import Debugger
from tests.debugger.runs import inputs, lstm
from tests.tui.conftest import MakeApp, drive, enter, pressed, text_of, typed


def test_a_breakpoint_is_set_run_to_and_come_back_to(make_app: MakeApp) -> None:
    app = make_app()
    changes = np.flatnonzero(np.diff(np.sign(app.session.trace.series("rnn/h_t")[:, 3]))) + 1
    pressed(app, "b", *written("h_t[3] changes sign"), "c", "c", "c", "C")
    assert app.session.cursor.t == changes[1]
    assert app.session.cursor.unit == 3
    assert app.session.frame().equation.name == "h_t"


def written(text: str) -> list[str]:
    """The keys of a text with brackets, entered."""
    names = {"[": "left_square_bracket", "]": "right_square_bracket", ">": "greater_than_sign"}
    names |= {"(": "left_parenthesis", ")": "right_parenthesis", ".": "full_stop"}
    return [names.get(key, key) for key in typed(text)]


def test_marks_stand_on_the_timeline_at_once(make_app: MakeApp) -> None:
    app = make_app()
    seen = drive(app, "b", *written("t > 28"), see=lambda: text_of(app))
    marks = next(line for line in seen[1:12] if "●" in line)
    assert marks.count("●") == 3
    assert "● 1 breakpoint" in seen[0]


def test_nan_in_a_weight_is_traced_in_two_keys() -> None:
    layer = lstm().layers[0]
    weights = {name: array.copy() for name, array in layer.weights.items()}
    weights["b_g"][1] = np.nan
    model = Model((build_layer("lstm", layer.cell, weights),))
    session = Session(Trace(model, inputs()))
    session.goto(-1)
    app = Debugger(session)
    seen = drive(app, "exclamation_mark", "c", see=lambda: text_of(app))
    assert (session.cursor.t, session.cursor.unit) == (0, 1)
    assert session.frame().equation.name == "a_g"
    assert any("a_g[1] = NaN" in line for line in seen)


@pytest.mark.parametrize("key", ["exclamation_mark", "f3", "f4", "f6"])
def test_a_preset_is_a_key_away_and_goes_with_it(make_app: MakeApp, key: str) -> None:
    app = make_app()
    assert len(pressed(app, key).session.breakpoints.all) == 1
    assert pressed(make_app(), key, key).session.breakpoints.all == ()


def test_a_preset_that_a_cell_lacks_is_said(make_app: MakeApp) -> None:
    app = make_app()
    drive(app, "f5", see=lambda: None)
    assert app.session.breakpoints.all == ()
    assert any("has no gates" in note.message for note in app._notifications)


def test_the_page_lets_them_pass_and_takes_them_away(make_app: MakeApp) -> None:
    app = make_app()
    pressed(app, "b", *written("t > 28"), "b", *written("t > 5"), "B", "enter", "j", "x", "escape")
    (left,) = app.session.breakpoints.all
    assert (left.number, left.enabled) == (1, False)


def test_nothing_to_stop_at_is_said(make_app: MakeApp) -> None:
    app = make_app()
    seen = drive(app, "c", see=lambda: text_of(app))
    assert any("there are no breakpoints" in line for line in seen)
    assert app.session.cursor.t == 0


def test_a_mistake_is_said_with_its_column(make_app: MakeApp) -> None:
    app = make_app()
    drive(app, "b", *written("h_t > 1"), see=lambda: None)
    assert any("column 7: this is 5 numbers" in note.message for note in app._notifications)
    assert app.session.breakpoints.all == ()


def test_a_long_search_shows_progress_and_can_be_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnstep.tui.slices.SLICE", 0.0)
    monkeypatch.setattr("rnnstep.tui.slices.PAUSE", 0.02)
    session = Session(Trace(lstm(), inputs(30_000)))
    session.add_break("t < 0")
    app = Debugger(session)

    async def while_looking(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await pilot.pause(0.1)
        assert any("looking at t" in line and "Esc" in line for line in text_of(app))
        await enter(pilot, "escape")
        assert any("search given up" in line for line in text_of(app))

    drive(app, while_looking, see=lambda: None)
    assert session.cursor.t == 0


def test_a_watch_is_on_the_screen_while_there_is_one(make_app: MakeApp) -> None:
    app = make_app()
    seen = drive(app, "w", *written("norm(h_t)"), "right", see=lambda: text_of(app))
    assert any("1: norm(h_t)" in line for line in seen)
    app = make_app()
    keys = ["w", *written("norm(h_t)"), "colon", *written("unwatch 1")]
    seen = drive(app, *keys, see=lambda: text_of(app))
    assert not any("╭─ watches" in line for line in seen)

"""Breakpoints and watches by key: what the session can do, from the keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot

from rnnstep import Model, Session, Trace, build_layer
from rnnstep.breaks.parsing import parse_condition, preset_of
from rnnstep.breaks.presets import PRESETS
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from tests.debugger.runs import inputs, lstm
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, text_of, typed


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
    told = drive(app, "f5", see=lambda: complaint(app))
    assert app.session.breakpoints.all == ()
    assert "has no gates" in told


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
    told = drive(app, "b", *written("h_t > 1"), see=lambda: complaint(app))
    assert "column 7: this is 5 numbers" in told
    assert app.session.breakpoints.all == ()


def test_a_long_search_shows_progress_and_can_be_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 0.0)
    monkeypatch.setattr("rnnstep.tui.searching._PAUSE", 0.02)
    session = Session(Trace(lstm(), inputs(30_000)))
    session.add_break("t < 0")
    app = Debugger(session)

    async def while_looking(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await pilot.pause(0.1)
        assert any(": at t" in line and "any key gives up" in line for line in text_of(app))
        await enter(pilot, "escape")
        assert any("given up" in line for line in text_of(app))

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


@pytest.mark.parametrize("key", ["exclamation_mark", "f3", "f4", "f5", "f6"])
def test_a_preset_is_told_in_a_line_of_a_narrow_screen(key: str) -> None:
    app = Debugger(Session(Trace(lstm(), inputs())))

    async def set_it(pilot: Pilot[None]) -> None:
        await enter(pilot, key)
        assert app.screen is app.main
        assert app.query_one(NoteBar).said.startswith("breakpoint 1: ")
        assert len(app.query_one(NoteBar).said) < 78
        await enter(pilot, "c")
        assert app.screen is app.main

    drive(app, set_it, see=lambda: None, size=(80, 24))


def test_a_count_goes_to_the_so_manyth_stop(make_app: MakeApp) -> None:
    keys = ["b", *written("h_t[3] changes sign")]
    app = pressed(make_app(), *keys, "c", "c", "c")
    counted = pressed(make_app(), *keys, "3", "c")
    assert counted.session.cursor == app.session.cursor
    back = pressed(make_app(), *keys, "3", "c", "2", "C")
    assert back.session.cursor == pressed(make_app(), *keys, "c").session.cursor
    # where there are fewer it is the last
    last = pressed(make_app(), *keys, "9", "9", "c")
    more = pressed(make_app(), *keys, *["c"] * 40)
    assert last.session.cursor == more.session.cursor


def test_presets_are_listed_by_name_with_the_condition_beside(make_app: MakeApp) -> None:
    app = make_app()
    keys = ["exclamation_mark", "f3", "f4", "b", *written("t > 5"), "B"]
    seen = drive(app, *keys, see=lambda: text_of(app))
    there = [line.partition("● ")[2] for line in seen if "● " in line and "hit" in line]
    assert [line.split("  (")[0] for line in there] == [
        "1: nan: NaN or infinity arises",
        "2: saturation: mean(abs(rnn/h_t) > 0.98) > 0.5 becomes true",
        "3: dead: any(abs(rnn/h_t - rnn/h_prev) <= 1e-6) becomes true",
        "4: t > 5",
    ]


def test_a_preset_of_another_layer_has_its_name_still(make_app: MakeApp) -> None:
    app = make_app()
    condition = parse_condition("saturation", app.session.trace.model, 1)
    assert preset_of(condition, app.session.trace.model) is PRESETS[1]
    plain = parse_condition("t > 5", app.session.trace.model)
    assert preset_of(plain, app.session.trace.model) is None

"""The pages of where a number came from: what they show, and where they lead."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from rnnstep import Session, Trace
from rnnstep.provenance import Kind
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.places import PlacesPage
from tests.debugger.runs import inputs, lstm
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, text_of, typed

HERE = ["9", "g", "colon", *typed("value h_t")]
"""To hₜ[0] of the LSTM that counts brackets, at timestep 9."""


def place(app: Debugger) -> tuple[int, str, int]:
    frame = app.session.frame()
    return frame.cursor.t, frame.equation.name, frame.cursor.unit


def lines(app: Debugger) -> list[str]:
    options = app.screen.query_one(OptionList)
    return [str(option.prompt).rstrip() for option in options.options]


def test_the_path_is_shown_and_each_of_its_lines_leads_there(make_app: MakeApp) -> None:
    app = make_app("brackets")
    shown = drive(app, *HERE, "P", see=lambda: lines(app))
    assert shown[0].startswith("hₜ[0] = ")
    assert "100 % ██████████" in shown[0]
    path = app.session.why()
    assert len(shown) == len(path.branches)
    made = [down for down, at in enumerate(path.order) if path.branches[at].depth % 3]
    for down in (made[0], made[9]):
        cause = path.branches[path.order[down]].cause
        assert cause.kind is Kind.LINE
        app = pressed(make_app("brackets"), *HERE, "P", *["j"] * down, "enter")
        frame = app.session.frame()
        assert app.session.cursor == cause.cursor
        assert frame.values[cause.name].reshape(-1)[cause.unit] == cause.value


def test_it_comes_back_and_says_where_it_is(make_app: MakeApp) -> None:
    app = make_app("brackets")
    said = drive(app, *HERE, "P", "down", "enter", see=lambda: app.query_one(NoteBar).said)
    assert said == "oₜ[0] of lstm at t 9; O goes back"
    app = pressed(make_app("brackets"), *HERE, "P", "down", "enter", "O")
    assert place(app) == (9, "h_t", 0)


@pytest.mark.parametrize("key", ["P", "escape", "q"])
def test_it_closes_and_goes_nowhere(make_app: MakeApp, key: str) -> None:
    app = make_app("brackets")
    assert drive(app, *HERE, "P", "down", key, see=lambda: app.screen is app.main)
    assert place(app) == (9, "h_t", 0)


def test_the_memory_leads_to_what_wrote_it(make_app: MakeApp) -> None:
    app = make_app("brackets")
    shown = drive(app, *HERE, "J", "H", see=lambda: lines(app))
    assert shown[-1].lstrip().startswith("+0.341  sum; cₜ[1] is +0.341")
    assert [line.split("t ")[1][0] for line in shown[:10]] == list("9876543210")
    there = *HERE, "J", "H", "down", "down", "enter"
    assert place(pressed(make_app("brackets"), *there)) == (7, "c_t", 1)
    assert place(pressed(make_app("brackets"), *there, "O")) == (9, "h_t", 1)


def test_the_memory_is_sorted_by_size_and_back(make_app: MakeApp) -> None:
    app = make_app("brackets")
    app.session.goto(9)
    found = app.session.memory("lstm/c_t[1]")
    largest = max(found.written, key=lambda part: abs(part.now))
    app = make_app("brackets")
    assert place(pressed(app, *HERE, "J", "H", "s", "enter")) == (largest.t, "c_t", 1)
    assert place(pressed(make_app("brackets"), *HERE, "J", "H", "s", "s", "enter"))[0] == 9


def test_the_inputs_lead_to_where_they_were_read(make_app: MakeApp) -> None:
    app = make_app("brackets")
    shown = drive(app, *HERE, "J", "I", see=lambda: lines(app))
    assert shown[-1].endswith("too small to be followed")
    largest = app.session.inputs().inputs[0].t
    assert place(pressed(make_app("brackets"), *HERE, "J", "I", "enter")) == (largest, "Wx_x_i", 0)
    assert place(pressed(make_app("brackets"), *HERE, "J", "I", "s", "enter"))[0] == 9


def test_the_sum_leads_nowhere(make_app: MakeApp) -> None:
    app = make_app("brackets")
    still = drive(app, *HERE, "H", "end", "enter", see=lambda: isinstance(app.screen, PlacesPage))
    assert still


def test_both_take_a_value_by_name(make_app: MakeApp) -> None:
    app = make_app("brackets")
    shown = drive(app, "9", "g", "colon", *typed_value("why f_t(1)"), see=lambda: lines(app))
    assert shown[0].startswith("fₜ[1] = ")
    app = make_app("brackets")
    shown = drive(app, "9", "g", "colon", *typed("memory 1"), see=lambda: lines(app))
    assert "cₜ[1] is" in shown[-1]


def typed_value(text: str) -> list[str]:
    """As ``typed``; round brackets stand for square ones."""
    brackets = {"(": "left_square_bracket", ")": "right_square_bracket"}
    return [brackets.get(key, key) for key in typed(text)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
def test_no_line_is_broken_whatever_the_room(make_app: MakeApp, size: tuple[int, int]) -> None:
    for key in ("P", "H", "I"):
        app = make_app("brackets")

        async def look(pilot: Pilot[None], app: Debugger = app, key: str = key) -> None:
            await enter(pilot, key)
            options = app.screen.query_one(OptionList)
            assert options.virtual_size.height == options.option_count

        drive(app, *HERE, look, see=lambda: None, size=size)


def test_a_border_says_a_value_s_entry(make_app: MakeApp) -> None:
    app = make_app("brackets")
    shown = drive(app, *HERE, "H", see=lambda: text_of(app))
    assert any("cₜ[0] = −0.418 at t 9: each t keeps fₜ, writes iₜ × gₜ" in line for line in shown)


def test_nan_is_shown_as_what_it_is() -> None:
    xs = inputs(6)
    xs[2, 0] = np.nan
    app = Debugger(Session(Trace(lstm(), xs)))
    shown = drive(app, "4", "g", "H", see=lambda: lines(app))
    assert shown[-1].split()[0] == "NaN"
    app = Debugger(Session(Trace(lstm(), xs)))
    shown = drive(app, "4", "g", "P", see=lambda: lines(app))
    assert shown[0].startswith("Wx_i·xₜ[0] = ")


def test_a_layer_without_memory_says_so(make_app: MakeApp) -> None:
    app = make_app("mlp")
    told = drive(app, "H", see=lambda: complaint(app))
    assert told == "layer hidden1 carries nothing from one timestep to the next"

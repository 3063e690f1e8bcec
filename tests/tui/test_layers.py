"""The page of layers, and the way from a number to what made it, by key."""

from __future__ import annotations

from rnnstep.render.layers import layer_lines
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from tests.tui.conftest import MakeApp, drive, pressed


def place(app: Debugger) -> tuple[int, int, int, int]:
    cursor = app.session.cursor
    return cursor.t, cursor.layer, cursor.line, cursor.unit


def test_a_layer_is_chosen_from_the_page(make_app: MakeApp) -> None:
    assert place(pressed(make_app(), "3", "l", "L", "down", "enter")) == (3, 1, 0, 0)
    assert place(pressed(make_app(), "3", "l", "L", "j", "escape")) == (3, 0, 0, 0)


def test_the_page_says_what_reads_what(make_app: MakeApp) -> None:
    assert layer_lines(make_app().session.trace.model) == [
        "rnn     SimpleRNN 2→5 tanh  reads the sequence",
        "output  Dense 5→1 sigmoid   reads rnn",
    ]


def test_a_number_leads_to_what_made_it_and_back(make_app: MakeApp) -> None:
    app = make_app()
    largest = (
        app.session.trace.frame(8).layers[1]["x_t"]
        * app.session.trace.model.layers[1].weights["W"][0]
    )
    entry = int(abs(largest).argmax())
    assert place(pressed(app, "8", "g", "pagedown", "o")) == (8, 0, 3, entry)
    assert place(pressed(make_app(), "8", "g", "pagedown", "o", "O")) == (8, 1, 0, 0)


def test_it_is_said_where_a_number_led(make_app: MakeApp) -> None:
    app = make_app()
    said = drive(app, "8", "g", "pagedown", "o", see=lambda: app.query_one(NoteBar).said)
    assert "of rnn at t 8" in said


def test_the_chosen_term_is_followed(make_app: MakeApp) -> None:
    app = make_app()
    second = (
        app.session.trace.frame(8).layers[1]["x_t"]
        * app.session.trace.model.layers[1].weights["W"][0]
    )
    entry = int(abs(second).argsort()[-2])
    assert place(pressed(app, "8", "g", "pagedown", "enter", "down", "o")) == (8, 0, 3, entry)

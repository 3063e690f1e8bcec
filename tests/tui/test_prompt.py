"""The command line on the screen: how it opens, what it says, and who has the keys after it."""

from __future__ import annotations

import pytest

from rnnstep.errors import InputError
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.bars import NoteBar
from rnnstep.tui.prompt import Prompt
from tests.tui.conftest import MakeApp, drive, pressed, text_of, typed


def focused(app: Debugger) -> str | None:
    return app.focused.id if app.focused else None


@pytest.mark.parametrize("opening", ["colon", "t"])
@pytest.mark.parametrize("closing", ["escape", "enter"])
def test_it_gives_the_focus_back(make_app: MakeApp, opening: str, closing: str) -> None:
    app = make_app()
    keys = ["shift+tab", opening, *(["backspace"] * 9 if closing == "enter" else []), closing]
    seen = drive(app, *keys, see=lambda: (focused(app), app.query_one(Prompt).display))
    assert seen == ("values", False)


def test_it_shows_its_colon(make_app: MakeApp) -> None:
    app = make_app()
    assert drive(app, "colon", "4", see=lambda: text_of(app))[-1].split() == [":4"]


@pytest.mark.parametrize("name", ["goto", "value", "unit"])
def test_a_command_that_needs_more_asks_for_it(make_app: MakeApp, name: str) -> None:
    app = make_app()

    def seen() -> tuple[list[str], str, bool]:
        line = app.query_one(Prompt).line
        return text_of(app)[-1].split(), line.value, app.focused is line

    assert drive(app, "colon", *typed(name), see=seen) == ([f":{name}"], f"{name} ", True)


def test_what_it_asked_for_can_be_given(make_app: MakeApp) -> None:
    app = pressed(make_app(), "colon", *typed("goto"), *typed("12"))
    assert app.session.cursor.t == 12


@pytest.mark.parametrize("line", ["+-5", "step --3", "9" * 400, "first x"])
def test_what_is_no_number_is_an_error_and_no_crash(make_app: MakeApp, line: str) -> None:
    app = make_app()
    assert drive(app, see=lambda: app.run_command(line)) is None
    assert app.return_code in (0, None)
    assert app.session.cursor.t == 0
    assert len(app._notifications) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("goto 99", "t 99 is out of range, 0 to 31: went to t 31"),
        ("-7", "t -7 is out of range, 0 to 31: went to the initial state"),
        ("unit 9", "unit 9 is out of range, 0 to 4: went to unit 4"),
        ("goto 31", ""),
        ("-1", ""),
        ("unit 4", ""),
    ],
)
def test_out_of_range_is_said_and_where_it_went(make_app: MakeApp, line: str, said: str) -> None:
    app = make_app()
    assert drive(app, "colon", *typed(line), see=lambda: app.query_one(NoteBar).said) == said


def test_a_unit_goes_by_its_label(make_app: MakeApp) -> None:
    assert pressed(make_app(), "colon", *typed("unit carry")).session.cursor.unit == 1


def test_a_session_knows_units_by_their_labels() -> None:
    session = open_session(sample("addition"))
    assert session.unit_called("carry") == 1
    with pytest.raises(InputError, match="no unit 'cary'; did you mean 'carry'"):
        session.unit_called("cary")
    assert session.cursor.unit == 0


def test_a_key_is_a_name(make_app: MakeApp) -> None:
    assert pressed(make_app(), "colon", *typed("t 5")).session.cursor.t == 5

"""The command line on the screen: how it opens, what it says, and who has the keys after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import perform
from rnnstep.errors import InputError
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.keybar import KeyBar
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.pages import TextPage
from rnnstep.tui.prompt import Prompt
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, settled, text_of, typed


def focused(app: Debugger) -> str | None:
    return app.focused.id if app.focused else None


def test_it_gives_the_focus_back(make_app: MakeApp) -> None:
    app = make_app()

    async def all_ways(pilot: Pilot[None]) -> None:
        await enter(pilot, "shift+tab")
        for opening in ("colon", "t"):
            for closing in (["escape"], [*["backspace"] * 9, "enter"]):
                await enter(pilot, opening)
                assert app.focused is app.query_one(Prompt).line
                await enter(pilot, *closing)
                assert (focused(app), app.query_one(Prompt).display) == ("values", False)

    pressed(app, all_ways)


def test_it_shows_its_colon(make_app: MakeApp) -> None:
    app = make_app()
    assert drive(app, "colon", "4", see=lambda: text_of(app))[-1].split() == [":4"]


def test_a_command_that_needs_more_asks_for_it(make_app: MakeApp) -> None:
    app = make_app()

    async def all_names(pilot: Pilot[None]) -> None:
        line = app.query_one(Prompt).line
        for name in ("goto", "value", "unit"):
            await enter(pilot, "colon", *typed(name))
            assert text_of(app)[-1].split() == [f":{name}"]
            assert line.value == f"{name} "
            assert app.focused is line
            await enter(pilot, "escape")

    pressed(app, all_names)


def test_what_it_asked_for_can_be_given(make_app: MakeApp) -> None:
    app = pressed(make_app(), "colon", *typed("goto"), *typed("12"))
    assert app.session.cursor.t == 12


def test_what_is_no_number_is_an_error_and_no_crash(make_app: MakeApp) -> None:
    app = make_app()

    async def all_lines(pilot: Pilot[None]) -> None:
        for line in ("+-5", "step --3", "9" * 400, "first x"):
            app.run_command(line)
            await settled(pilot)
            assert complaint(app), line
            await enter(pilot, "escape")
            assert not complaint(app), line

    pressed(app, all_lines)
    assert app.return_code in (0, None)
    assert app.session.cursor.t == 0


def test_out_of_range_is_said_and_where_it_went(make_app: MakeApp) -> None:
    app = make_app()
    lines = {
        "goto 99": "t 99 is out of range, 0 to 31: went to t 31",
        "goto 31": "",
        "-7": "t -7 is out of range, 0 to 31: went to the initial state",
        "-1": "",
        "unit 9": "unit 9 is out of range, 0 to 4: went to unit 4",
        "unit 4": "",
    }

    async def all_lines(pilot: Pilot[None]) -> None:
        for line, said in lines.items():
            app.session = open_session(sample("addition"))
            app.query_one(NoteBar).said = ""
            await enter(pilot, "colon", *typed(line))
            assert app.query_one(NoteBar).said == said, line

    pressed(app, all_lines)


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


def test_a_line_is_said_and_more_is_a_page(make_app: MakeApp) -> None:
    app = make_app("question")

    async def all_lines(pilot: Pilot[None]) -> None:
        await enter(pilot, "colon", *typed("print t + 1"))
        assert app.query_one(NoteBar).said == "t + 1 = +1.000000"
        Path("checks.txt").write_text("3; where\n")
        for line in ("values", "print h_t", "info", "run checks.txt"):
            app.run_command(line)
            await settled(pilot)
            assert isinstance(app.screen, TextPage), line
            await enter(pilot, "escape")
        assert app.screen is app.main
        assert app.session.cursor.t == 3

    pressed(app, all_lines)


def test_no_motion_computes_a_timestep_before_it_is_drawn(make_app: MakeApp) -> None:
    app = make_app()
    for line in ("goto 5", "last", "step 2", "down", "unit 3", "value h_t", "goto 99"):
        action, said = parse_command(line)
        perform(app.session, action, said)
    assert app.session.ahead == 31


def test_ctrl_u_deletes_what_was_typed_and_then_the_command(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        line = app.query_one(Prompt).line
        await enter(pilot, "slash", *"h_t", "ctrl+u")
        assert line.value == "find "
        await enter(pilot, *"ab", "left", "ctrl+u")
        assert line.value == "find b"
        await enter(pilot, "end", "ctrl+u", "ctrl+u")
        assert line.value == ""
        await enter(pilot, "escape", "r")
        assert line.value.startswith("set rnn/Wx_x[0] = ")
        await enter(pilot, "ctrl+u")
        assert line.value == "set "
        # what was typed by hand is all of it
        await enter(pilot, "escape", "colon", *"find", "space", "h", "ctrl+u")
        assert line.value == ""

    pressed(app, all_keys)


def test_a_count_beyond_any_run_is_the_largest(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, *"12345678901234567890")
        assert app.query_one(KeyBar).count == "999999999"
        await enter(pilot, "l")
        assert app.session.cursor.t == 31
        await enter(pilot, *"99999999999999999999", "n")
        assert complaint(app).startswith("nothing was looked for yet")

    pressed(app, all_keys)

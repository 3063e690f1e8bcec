"""What is typed is completed, remembered, and shown again where it went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from rnnstep.commands.completing import complete
from rnnstep.commands.table import ACTIONS
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.prompt import Prompt
from tests.tui.conftest import MakeApp, complaint, enter, pressed, settled
from tests.tui.test_breakpoints import written


def line_of(app: Debugger) -> tuple[str, int]:
    """What stands in the line, and where its cursor is."""
    line = app.query_one(Prompt).line
    return line.value, line.cursor_position


async def keys(pilot: Pilot[None], text: str, *more: str) -> None:
    await enter(pilot, *written(text)[:-1], *more)


@pytest.mark.parametrize(
    ("text", "word", "first"),
    [
        ("rev", "rev", "reverse"),
        ("  got", "got", "goto"),
        ("break h", "h", "h_prev"),
        ("break abs(h_t[3]) > 0 and W", "W", "Wx_x"),
        ("b abs(output/y", "output/y", "output/y_t"),
        ("print sig", "sig", "sigmoid"),
        ("print h_t from 3 t", "t", "t"),
        ("break h_t changes s", "s", "sigmoid"),
        ("find la", "la", "last"),
        ("find car", "car", "carry"),
        ("assert alw", "alw", "always"),
        ("watch norm(h_t - h_p", "h_p", "h_prev"),
        ("value rnn/", "rnn/", "rnn/x_t"),
        ("unit ca", "ca", "carry"),
        ("mode b", "b", "both"),
        ("map v", "v", "vik"),
        ("disable ", "", "1"),
        ("explain s", "s", "solve"),
        ("shadow int", "int", "int8"),
        ("shadow o", "o", "off"),
    ],
)
def test_a_word_is_completed_by_what_may_stand_there(text: str, word: str, first: str) -> None:
    session = open_session(sample("addition"))
    session.add_break("t > 3")
    session.goto_value("h_t")
    found = complete(text, session)
    assert (found.begun, found.start) == (word, len(text) - len(word))
    assert found.words[0] == first
    assert found.words[0].startswith(found.common)


def test_rules_and_what_stands_behind_them_are_completed() -> None:
    session = open_session(sample("addition"))
    assert complete("break h_t[0] cro", session).words == ("crosses",)
    assert complete("break h_t[0] crosses 1 on", session).words == ("once",)
    assert complete("goto 1", session).words == complete("nothing x", session).words == ()
    assert complete("theme no", session, {"theme": ["nord", "dracula"]}).words == ("nord",)


def test_files_are_completed_with_their_folders(tmp_path: Path) -> None:
    (tmp_path / "out put.npz").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "a.npz").touch()
    session = open_session(sample("addition"))
    # the tests run in this folder
    assert complete("trace ou", session).words == ("out put.npz", "outer/")
    assert complete("trace out p", session).words == ("out put.npz",)
    assert complete("trace outer/", session).words == ("outer/a.npz",)
    assert complete("trace .h", session).words == (".hidden",)
    assert complete("trace ", session).words == ("out put.npz", "outer/")
    assert complete("trace none/there", session).words == ()
    assert complete("trace \0/", session).words == ()


@given(st.sampled_from([action.name for action in ACTIONS]) | st.just(""), st.text(max_size=12))
def test_any_text_is_completed_or_not(name: str, said: str) -> None:
    text = f"{name} {said}"
    found = complete(text, open_session(sample("addition")))
    assert text.endswith(found.begun)
    assert text[found.start :] == found.begun
    assert all(word.startswith(found.common) for word in found.words)


def test_tab_completes_and_then_goes_through_the_words(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, "colon")
        await keys(pilot, "cont", "tab")
        assert line_of(app) == ("continue ", 9)
        await enter(pilot, "escape", "b")
        await keys(pilot, "abs(rn", "tab")
        assert line_of(app)[0] == "break abs(rnn/"
        await enter(pilot, *["backspace"] * 4)
        await keys(pilot, "h_", "tab")
        assert app.query_one(NoteBar).said == "h_prev  h_t"
        for word in ("h_prev", "h_t", "h_prev"):
            await enter(pilot, "tab")
            assert line_of(app)[0] == f"break abs({word}"
        await enter(pilot, "shift+tab")
        assert line_of(app)[0] == "break abs(h_t"
        await keys(pilot, ") > W", *["left"] * 5)
        await enter(pilot, "backspace", "tab", "tab", "tab")
        assert line_of(app) == ("break abs(h_t) > W", 13)
        assert app.focused is app.query_one(Prompt).line

    pressed(app, all_keys)


def test_the_likeliest_word_stands_there_in_grey(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, "b")
        await keys(pilot, "abs(rnn/Wh_")
        await settled(pilot)
        assert app.query_one(Prompt).line._suggestion == "break abs(rnn/Wh_h"
        await enter(pilot, "right")
        assert line_of(app)[0] == "break abs(rnn/Wh_h"

    pressed(app, all_keys)


def test_what_was_entered_is_there_again(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        for text in ("5", "step", "step", "value h_t"):
            await enter(pilot, "colon", *written(text))
        assert app.query_one(Prompt).history == ["5", "step", "value h_t"]
        await enter(pilot, "colon")
        await keys(pilot, "dra")
        seen = []
        for key in ("up", "up", "up", "up", "down", "down", "down", "down"):
            await enter(pilot, key)
            seen.append(line_of(app)[0])
        up = ["value h_t", "step", "5", "5"]
        assert seen == [*up, "step", "value h_t", "dra", "dra"]
        await enter(pilot, "up", "up", "up", "enter")
        assert app.session.cursor.t == 5

    pressed(app, all_keys)


def test_a_history_can_be_given(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        app.query_one(Prompt).history.extend(["goto 3", "goto 9"])
        await enter(pilot, "colon", "up", "enter")
        assert app.session.cursor.t == 9

    pressed(app, all_keys)


@pytest.mark.parametrize(
    ("text", "column", "mistake"),
    [
        ("break h_t > 1", 7, "this is 5 numbers"),
        ("break  abs(h_q) > 1 once", 12, "unknown name 'h_q'"),
        ("print h_t[9]", 7, "index 9 is outside"),
        ("find last h_t[0] crosses x", 26, "'x' is no number"),
        ("assert always h_t[0] > ", 23, "something is missing at the end"),
    ],
)
def test_a_mistake_is_shown_in_the_line(
    make_app: MakeApp, text: str, column: int, mistake: str
) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        app.run_command(text)
        await settled(pilot)
        shown, caret, told = complaint(app).split("\n")
        assert told.startswith(f"column {column}: {mistake}")
        assert shown == text
        assert caret == " " * (column - 1) + "^"
        assert line_of(app) == (text, column - 1)
        assert app.focused is app.query_one(Prompt).line
        await enter(pilot, "escape")
        assert app.focused is not None
        assert app.focused.id == "operation"

    pressed(app, all_keys)


def test_of_a_long_line_the_part_around_the_mistake_is_shown(make_app: MakeApp) -> None:
    app = make_app()
    text = f"break {'t > 0 and ' * 20}h_q > 0{' and t > 0' * 20}"

    async def all_keys(pilot: Pilot[None]) -> None:
        app.run_command(text)
        await settled(pilot)
        shown, caret = complaint(app).split("\n")[:2]
        assert len(shown) <= 118
        assert shown[len(caret) - 1 :].startswith("h_q > 0")
        assert line_of(app) == (text, text.index("h_q"))

    pressed(app, all_keys)


def test_what_has_a_label_is_completed_where_a_unit_is_meant() -> None:
    session = open_session(sample("addition"))
    assert complete("ablate ca", session).words == ("carry",)
    assert complete("ablate s", session).words == ("sum",)
    assert complete("memory ca", session).words == ("carry",)

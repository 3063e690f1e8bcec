"""What-if on the screen: each key and command forks as its method does, and both futures show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import perform
from rnnstep.forks.tree import Fork
from rnnstep.opening import open_session
from rnnstep.render.axis import FORK, STOP
from rnnstep.samples_folder import sample
from rnnstep.session import Session
from rnnstep.tui.app import Debugger
from rnnstep.tui.forks import ForksPage
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.prompt import Prompt
from tests.tui.conftest import Act, MakeApp, complaint, drive, pressed, text_of, typed

SIGNS = {"[": "left_square_bracket", "]": "right_square_bracket", "=": "equals_sign"}
SIGNS |= {",": "comma", ".": "full_stop", "/": "slash"}


def command(text: str) -> list[str]:
    """The keys of a command line."""
    return ["colon", *(SIGNS.get(key, key) for key in typed(text))]


def session() -> Session:
    there = open_session(sample("addition"))
    there.goto(12)
    return there


COMMANDS = [
    ("set h_t[3] = 0", "set h_t[3] = 0"),
    ("set x_t = 1 0", "set x_t = 1 0"),
    ("set Wh[3, 4] = 0.2", "set Wh[3, 4] = 0.2"),
    ("set a = 1 always", "set a = 1 always"),
    ("scale h_t 0.5 from here", "scale h_t 0.5 from here"),
    ("zero h_prev", "zero h_prev"),
    ("noise h_prev 0.1 seed 3", "noise h_prev 0.1 seed 3"),
    ("swap h_prev from 2", "swap h_prev from 2"),
    ("ablate 2", "zero h_t[2] always"),
    ("ablate carry", "zero h_t[1] always"),
    ("hold", "hold x_t from here"),
]


@pytest.mark.parametrize(("line", "edit"), COMMANDS)
def test_a_command_forks_as_the_session_does(make_app: MakeApp, line: str, edit: str) -> None:
    by_hand = session()
    expected = by_hand.edit(edit).trace.series("y_t")
    app = pressed(make_app(), "1", "2", "g", *command(line))
    np.testing.assert_array_equal(app.session.trace.series("y_t"), expected)
    assert str(app.session.tree.current.edit) == str(by_hand.tree.current.edit)
    # and without a screen
    alone = session()
    action, said = parse_command(line)
    outcome = perform(alone, action, said)
    assert outcome.data["edit"] == str(by_hand.tree.current.edit)
    np.testing.assert_array_equal(alone.trace.series("y_t"), expected)


def test_a_file_is_swapped_in(make_app: MakeApp, tmp_path: Path) -> None:
    state = session().trace.frame(3)["h_t"]
    np.save(tmp_path / "state.npy", state)
    app = pressed(make_app(), "1", "2", "g", *command("swap h_prev state.npy"))
    np.testing.assert_array_equal(app.session.trace.frame(12)["h_prev"], state)


def current(app: Debugger) -> Fork:
    return app.session.tree.current


def test_keys_edit_undo_redo_and_ablate(make_app: MakeApp) -> None:
    app = make_app()
    prompt = drive(app, "1", "2", "g", "J", "r", see=lambda: app.query_one(Prompt).line.value)
    assert prompt == "set rnn/Wx_x[1] = "
    app = pressed(make_app(), "1", "2", "g", "J", "r", "5", "enter")
    assert str(current(app).edit) == "set rnn/Wx_x[1] = 5 at 12"
    edited = app.session.trace
    assert app.session.trace.frame(12)["Wx_x"][1] == 5
    app = pressed(make_app(), "1", "2", "g", "J", "r", "5", "enter", "u")
    assert current(app).number == 0
    app = pressed(make_app(), "1", "2", "g", "J", "r", "5", "enter", "u", "U")
    np.testing.assert_array_equal(app.session.trace.series("h_t"), edited.series("h_t"))
    app = pressed(make_app(), "J", "J", "a")
    assert str(current(app).edit) == "set rnn/h_t[2] = 0 always"


def test_the_title_says_which_fork(make_app: MakeApp) -> None:
    app = make_app()
    there: list[Act] = ["1", "2", "g", "a", "J", "a", "u"]
    assert "fork 1 of 2" in drive(app, *there, see=lambda: text_of(app)[0])
    app = make_app()
    assert "fork 0 of 2" in drive(app, *there, "u", see=lambda: text_of(app)[0])
    app = make_app()
    assert "fork" not in drive(app, see=lambda: text_of(app)[0])


def test_the_tree_is_a_page_that_goes_to_a_fork(make_app: MakeApp) -> None:
    app = make_app()
    there: list[Act] = ["1", "2", "g", *command("zero h_prev"), "u", *command("set a = 1"), "F"]

    def lines() -> list[str]:
        page = app.screen
        assert isinstance(page, ForksPage)
        options = page.query_one(OptionList)
        return [str(option.prompt) for option in options.options]

    assert drive(app, *there, see=lines) == [
        "  0, the run as it was",
        "    1, set rnn/h_prev = 0 at 12",
        "▸   2, set rnn/a = 1 at 12",
    ]
    app = make_app()
    assert drive(app, *there, "k", "enter", see=lambda: len(app.screen_stack)) == 1
    assert current(app).number == 1
    app = pressed(make_app(), *there, "escape")
    assert current(app).number == 2
    app = pressed(make_app(), *there, "escape", *command("fork 0"))
    assert current(app).number == 0


def test_the_tree_as_text_and_data() -> None:
    there = session()
    there.edit("zero h_prev")
    action, said = parse_command("forks")
    outcome = perform(there, action, said)
    assert outcome.text.splitlines() == [
        "  0, the run as it was",
        "▸   1, set rnn/h_prev = 0 at 12",
    ]
    assert outcome.data["current"] == 1
    assert outcome.data["forks"][1] == {"fork": 1, "parent": 0, "edit": "set rnn/h_prev = 0 at 12"}


def timeline(app: Debugger) -> list[str]:
    """The lines of the timeline's panel, with its border."""
    lines = text_of(app)
    begin = next(n for n, line in enumerate(lines) if "timeline:" in line)
    end = next(n for n in range(begin, len(lines)) if "╰" in lines[n])
    return [line for line in lines[begin : end + 1] if line.strip("│ ")]


EDIT: list[Act] = ["1", "2", "g", *command("zero h_prev")]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_both_futures_their_difference_and_its_origin(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    before = drive(app, "1", "2", "g", see=lambda: timeline(app), size=size)
    app = make_app()
    after = drive(app, *EDIT, see=lambda: timeline(app), size=size)
    assert len(before) <= len(after)
    *units, difference, marks, axis, border = after
    at = marks.index(FORK)
    assert marks.count(FORK) == 1
    assert axis[at : at + 2].strip() or axis[at:].strip()
    assert difference[1:at].replace("Δ", "").isspace()
    assert not difference[at].isspace()
    assert "· differs from t 12, peak" in units[0]
    assert "half-life" in units[0]
    assert not any("…" in line for line in (units[0], border))
    named = " ".join(units)
    assert all(named.count(label) == 2 for label in ("h0", "carry", "h2", "h3", "h4"))
    # the future of the parent below has the same labels, and nothing before the fork
    own, below = units[1 : len(units) // 2 + 1], units[len(units) // 2 + 1 :]
    assert [line[1:at][:3] for line in own] == [line[1:at][:3] for line in below]
    indent = len("│h0 carry ") if size[0] == 80 else len("│carry ")
    assert all(line[indent:at].isspace() for line in below)
    assert not any(line[indent:at].isspace() for line in own)
    assert not any(line[at:].isspace() for line in below)


def test_a_fork_s_timeline_is_as_high_as_it_needs_and_no_higher(make_app: MakeApp) -> None:
    def heights(app: Debugger) -> tuple[int, int]:
        return app.main.query_one("#timeline").size.height, len(timeline(app)) - 2

    for size in ((120, 40), (200, 50)):
        app = make_app()
        height, lines = drive(app, *EDIT, see=lambda app=app: heights(app), size=size)  # type: ignore[misc]
        # five units of each run, the difference, marks, axis
        assert height == lines == 13, size
    # many units do not drive the other panels out
    app = make_app("question")
    height, _ = drive(app, *EDIT, see=lambda: heights(app), size=(80, 24))
    assert height == 9


def test_a_key_shows_one_future_alone(make_app: MakeApp) -> None:
    app = make_app()
    both = drive(app, *EDIT, see=lambda: timeline(app))
    app = make_app()
    one = drive(app, *EDIT, "V", see=lambda: timeline(app))
    assert "below: its parent" in both[-1]
    assert "below: its parent" not in one[-1]
    app = make_app()
    assert drive(app, *EDIT, "V", "V", see=lambda: timeline(app)) == both


def test_a_click_on_either_future_goes_to_its_unit(make_app: MakeApp) -> None:
    app = make_app()
    panel = "#timeline"

    def of_rows() -> list[int | None]:
        shown = app.main.query_one(panel)
        return [shown.unit(row) for row in range(8)]  # type: ignore[attr-defined]

    found = drive(app, *EDIT, see=of_rows, size=(80, 24))
    assert found[:3] == found[3:6]
    assert found[:3] in ([0, 2, 4], [0, 1, 3])  # with colours, two cells a line; without
    assert found[6:] == [None] * 2


def test_a_mistake_says_where_and_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    message = drive(app, *command("set h_t[9] = 0"), see=lambda: complaint(app))
    assert message == "set h_t[9] = 0\n    ^\ncolumn 5: index 9 is outside: 0 to 4"
    assert len(app.session.tree.forks) == 1


def test_what_an_edit_did_is_told(make_app: MakeApp) -> None:
    app = make_app()
    said = drive(app, *EDIT, see=lambda: app.query_one(NoteBar).said)
    assert said.startswith("fork 1, set rnn/h_prev = 0 at 12: differs in hₜ from t 12, peak ")
    app = make_app()
    said = drive(app, *EDIT, "u", see=lambda: app.query_one(NoteBar).said)
    assert said == "fork 0, the run as it was"
    app = make_app()
    said = drive(app, *EDIT, "R", see=lambda: app.query_one(NoteBar).said)
    assert "fixed point" in said
    assert "fork 2, hold rnn/x_t from 12" in said


def test_breakpoints_mark_the_fork_s_own_hits(make_app: MakeApp) -> None:
    app = make_app()
    there: list[Act] = [
        *command("break h_t[0] == 7"),
        "1",
        "2",
        "g",
        *command("set h_t[0] = 7 from 20"),
    ]
    marks = drive(app, *there, see=lambda: timeline(app)[-3])
    assert marks.count(FORK) == 1
    assert marks.count(STOP) == 11
    app = make_app()
    marks = drive(app, *there, "u", see=lambda: timeline(app)[-3])
    assert marks.count(FORK) + marks.count(STOP) == 0


def test_the_colour_scale_keeps_its_name(make_app: MakeApp) -> None:
    app = pressed(make_app(), *command("scale step"))
    assert app.choices.scale.value == "step"
    assert len(app.session.tree.forks) == 1


def test_the_equations_are_those_of_the_timestep(make_app: MakeApp) -> None:
    app = make_app()
    here = drive(app, *EDIT, *command("set h_t[0] = 0"), see=lambda: text_of(app))
    assert sum("where(h_t_at, h_t_set" in line for line in here) == 1
    app = make_app()
    # the panel was drawn before the edit, and at the timestep that has it
    later = drive(app, *EDIT, *command("set h_t[0] = 0"), "right", see=lambda: text_of(app))
    assert not any("where(h_t_at" in line for line in later)


def test_what_an_edit_of_another_layer_did_is_told_of_that_layer() -> None:
    there = session()
    there.goto_value("h_t")
    outcome = perform(there, *parse_command("set y_t = 0.5"))
    assert outcome.text.endswith(
        ": differs in yₜ of output from t 12, peak 0.50 at t 12, half-life 1"
    )
    assert outcome.data["value"] == "output/y_t"
    there.switch(0)
    assert " of " not in perform(there, *parse_command("set h_t[1] = 0")).text


@pytest.mark.parametrize("key", ["P", "I"])
def test_it_is_told_what_an_edited_number_came_from(make_app: MakeApp, key: str) -> None:
    app = make_app()
    there = ["1", "2", "g", *command("value h_t"), *command("set h_t[0] = 0.5")]
    shown = drive(app, *there, key, see=lambda: "\n".join(text_of(app)))
    assert "hₜ[0] = +0.500" in shown


@pytest.mark.parametrize("line", ["why", "inputs"])
def test_and_without_a_screen(line: str) -> None:
    alone = session()
    alone.goto_value("h_t")
    perform(alone, *parse_command("set h_t[0] = 0.5"))
    told = perform(alone, *parse_command(line)).text
    assert "hₜ[0] = +0.500" in told
    assert "set rnn/h_t[0] = 0.5 at 12" in told
    assert "h_t_at" not in told


def test_the_page_lets_a_fork_go_and_brings_it_back(make_app: MakeApp) -> None:
    there: list[Act] = ["8", "g", *command("zero h_prev"), *command("set h_t[1] = 0"), "F"]
    app = make_app()

    async def let_go(pilot: Pilot[None]) -> None:
        await pilot.press("x")
        assert [fork.number for fork in app.session.tree.forks] == [0, 1]
        await pilot.press("u")
        assert [fork.number for fork in app.session.tree.forks] == [0, 1, 2]
        await pilot.press("k", "x", "escape")

    title = drive(app, *there, let_go, see=lambda: text_of(app)[0])
    assert [fork.number for fork in app.session.tree.forks] == [0]
    assert "fork" not in title
    app = make_app()
    told = drive(app, "F", "x", see=lambda: complaint(app))
    assert told == "fork 0 is the run as it was: it stays"

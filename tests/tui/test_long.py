"""What goes through a run: it says how far it is, any key ends it, and nothing is half done."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from rnnstep import InputError, Session, Trace
from rnnstep.config import Config
from rnnstep.saved import SessionFile
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.prompt import Prompt
from tests.debugger.runs import inputs, lstm
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, settled

LONG = {
    "continue": "continue",
    "find": "find t < 0",
    "assert": "assert always t >= 0",
    "trace": "trace out.npz",
    "inputs": "inputs h_t[0]",
    "print": "print h_t[0] from 0 to 29000",
    "run": "run checks.txt",
    "shadow": "shadow int8",
}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Debugger:
    """A long run, every part of which is a slice of its own."""
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 0.0)
    monkeypatch.setattr("rnnstep.tui.searching._PAUSE", 0.02)
    Path("checks.txt").write_text("break h_t[1] > 2\nassert never t < 0\n", "utf-8")
    session = Session(Trace(lstm(), inputs(30_000)))
    session.goto(200)
    session.add_break("t < 0")
    return Debugger(session)


def note(app: Debugger) -> str:
    bar = app.main.query_one(NoteBar)
    return bar.progress or bar.said


@pytest.mark.parametrize("key", ["escape", "l", "5", "f12"])
@pytest.mark.parametrize("name", LONG)
def test_it_says_how_far_it_is_and_any_key_ends_it(slow: Debugger, name: str, key: str) -> None:
    async def while_it_goes_on(pilot: Pilot[None]) -> None:
        slow.run_command(LONG[name])
        await pilot.pause(0.05)
        assert note(slow).startswith(f"{name}: at t ")
        assert note(slow).endswith(" / 29999… any key gives up")
        await enter(pilot, key)
        assert note(slow) == f"{name} given up"
        assert not slow.shows.going_on

    drive(slow, while_it_goes_on, see=lambda: None)
    assert slow.session.cursor.t == (201 if key == "l" else 200)
    assert [path.name for path in Path().iterdir()] == ["checks.txt"]
    assert slow.session.comparison is None
    # what the file's first command did is there
    assert len(slow.session.breakpoints.all) == (2 if name == "run" else 1)


def test_leaving_ends_it_and_writes_no_file(slow: Debugger) -> None:
    async def leave(pilot: Pilot[None]) -> None:
        slow.run_command("trace out.npz")
        await pilot.pause(0.05)
        assert any(path.suffix == ".part" for path in Path().iterdir())
        slow.exit()

    drive(slow, leave, see=lambda: None)
    slow.shows.close()
    assert [path.name for path in Path().iterdir()] == ["checks.txt"]


def test_it_goes_on_to_its_end(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 0.0)
    app = make_app()

    async def all_lines(pilot: Pilot[None]) -> None:
        app.run_command("trace out.npz")
        await pilot.pause(0.3)
        assert note(app) == "out.npz: 32 timesteps of 10 values"
        app.run_command("assert always h_q > 1")
        await settled(pilot)
        assert app.query_one(Prompt).line.value == "assert always h_q > 1"

    pressed(app, all_lines)
    assert Path("out.npz").exists()


def test_what_goes_wrong_is_said(slow: Debugger, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise InputError("no space left")

    async def until_it_is_full(pilot: Pilot[None]) -> None:
        slow.run_command("trace out.npz")
        await pilot.pause(0.05)
        monkeypatch.setattr("rnnstep.spool.Spool._write", full)
        monkeypatch.setattr("rnnstep.tui.searching.SLICE", 30.0)
        await pilot.pause(0.5)
        assert not slow.shows.going_on

    assert "no space left" in drive(slow, until_it_is_full, see=lambda: complaint(slow))
    assert not Path("out.npz").exists()


def test_commands_of_the_start_wait_for_each_other(
    slow: Debugger, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("assert never t < 0", "find t == 29000", "find_next")
    app = Debugger(slow.session, Config(startup=lines))
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 30.0)
    drive(app, see=lambda: None)
    assert app.session.cursor.t == 29_000


def test_what_was_left_comes_over_what_the_start_commands(slow: Debugger) -> None:
    left = Session(slow.session.trace)
    left.goto(77)
    left.save("session.json")
    app = Debugger(
        slow.session, Config(startup=("find t == 29000",)), SessionFile(Path("session.json"))
    )
    drive(app, see=app.shows.finish)
    assert app.session.cursor.t == 77


@pytest.mark.parametrize("key", ["escape", "l"])
def test_on_the_way_far_ahead_it_says_how_far_it_is_and_any_key_ends_it(
    slow: Debugger, key: str
) -> None:
    async def while_it_runs(pilot: Pilot[None]) -> None:
        await enter(pilot, "end")
        await pilot.pause(0.05)
        assert note(slow).startswith("run: at t ")
        assert note(slow).endswith(" / 29999… any key gives up")
        assert slow.frame is not None
        assert slow.frame.cursor.t == 200
        await enter(pilot, key)
        assert note(slow) == "run given up"

    drive(slow, while_it_runs, see=lambda: None)
    assert slow.session.cursor.t == (201 if key == "l" else 200)


def test_far_ahead_is_shown_when_it_is_reached(slow: Debugger) -> None:
    async def to_the_end(pilot: Pilot[None]) -> None:
        await enter(pilot, "end")
        slow.shows.finish()
        await settled(pilot)

    drive(slow, to_the_end, see=lambda: None)
    assert slow.frame is not None
    assert slow.frame.cursor.t == 29_999

"""Each key does to the screen what its method does to a session."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from itertools import pairwise
from time import monotonic

import pytest
from textual.pilot import Pilot

from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.frame import Cursor, Frame
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.session import Session
from rnnstep.tui.app import Debugger
from rnnstep.tui.keybar import KeyBar
from rnnstep.tui.notebar import NoteBar
from tests.tui.conftest import MakeApp, drive, enter, pressed, settled, text_of


def moved(*calls: tuple[str, int]) -> Cursor:
    session = open_session(sample("addition"))
    for method, count in calls:
        getattr(session, method)(count)
    return session.cursor


MOTIONS: list[tuple[list[str], list[tuple[str, int]]]] = [
    (["right"], [("step", 1)]),
    (["l", "l", "h"], [("step", 1)]),
    (["1", "0", "l"], [("step", 10)]),
    (["left"], [("back", 1)]),
    (["end"], [("goto", 31)]),
    (["G", "left"], [("goto", 30)]),
    (["1", "2", "g"], [("goto", 12)]),
    (["end", "home"], [("goto", 0)]),
    (["down", "j"], [("next_line", 2)]),
    (["5", "j", "k"], [("next_line", 4)]),
    (["J", "J", "K"], [("next_unit", 1)]),
    (["pagedown"], [("next_layer", 1)]),
    (["pagedown", "pageup"], []),
    (["down", "pageup"], [("next_line", 1)]),
    (["pagedown", "down", "pagedown"], [("next_layer", 1), ("next_line", 1)]),
    (["4", "J", "pagedown", "home", "pageup", "j"], [("next_unit", 4), ("next_line", 1)]),
    (["3", "S", "t", "7", "enter"], [("goto", 7)]),
    (["t", "7", "enter"], [("goto", 7)]),
    (["colon", "2", "1", "enter"], [("goto", 21)]),
]


def test_a_key_moves_the_cursor_as_its_method_does(make_app: MakeApp) -> None:
    app = make_app()

    async def all_motions(pilot: Pilot[None]) -> None:
        for keys, calls in MOTIONS:
            app.session = open_session(sample("addition"))
            await enter(pilot, *keys)
            assert app.session.cursor == moved(*calls), keys
            assert app.frame is not None
            assert app.frame.cursor == app.session.cursor, keys

    pressed(app, all_motions)


def test_there_and_back_is_the_same_screen(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> tuple[str, str]:
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            before = app.export_screenshot()
            await pilot.press(*["right"] * 20, *["left"] * 20)
            await settled(pilot)
            return before, app.export_screenshot()

    before, after = asyncio.run(run())
    assert before == after


def test_a_page_opens_and_closes(make_app: MakeApp) -> None:
    app = make_app()

    async def all_pages(pilot: Pilot[None]) -> None:
        for key in ("question_mark", "i", "p"):
            await enter(pilot, key)
            assert len(app.screen_stack) == 2, key
            await enter(pilot, "escape")
            assert len(app.screen_stack) == 1, key

    pressed(app, all_pages)


def test_play_runs_and_space_stops_it(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> int:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press(*["greater_than_sign"] * 6, "space")
            await pilot.pause(0.2)
            await pilot.press("space")
            await pilot.pause(0.1)
            at = app.session.cursor.t
            await pilot.pause(0.1)
            assert app.session.cursor.t == at
            return at

    assert asyncio.run(run()) > 0


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("addition", (20, 6)),
        ("brackets", (80, 24)),
        ("mlp", (40, 12)),
        ("text", (200, 50)),
        ("question", (80, 24)),
        ("compute_states", (120, 40)),
        ("uwv", (80, 24)),
    ],
)
def test_every_sample_is_drawn_at_every_size(
    make_app: MakeApp, name: str, size: tuple[int, int]
) -> None:
    app = pressed(make_app(name), "l", "j", "enter", size=size)
    assert app.return_code in (0, None)
    assert app.session.cursor.line == 1


def test_random_keys_never_raise(make_app: MakeApp) -> None:
    chosen = random.Random(0)
    closing = {"quit", "save"}
    keys = [key for action in ACTIONS if action.name not in closing for key in action.keys]
    keys += ["tab", *"0123456789", "escape"]
    app = pressed(make_app("brackets"), *chosen.choices(keys, k=150))
    assert -1 <= app.session.cursor.t < len(app.session.trace)


def test_keys_in_quick_succession_are_drawn_with_a_pause_between_frames(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnstep.tui.frames.PAUSE", 0.1)
    app = make_app()
    compute = app.session.frame
    drawn: list[float] = []

    def frame() -> Frame:
        drawn.append(monotonic())
        return compute()

    async def started(_: object) -> None:
        drawn.clear()

    async def newest(pilot: Pilot[None]) -> None:
        async with asyncio.timeout(10):
            while app.frame is None or app.frame.cursor != app.session.cursor:
                await pilot.pause(0.01)

    app.session.frame = frame  # type: ignore[method-assign]
    pressed(app, started, *"lllll", newest, *"lllll", newest)
    assert app.frame is not None
    assert app.frame.cursor.t == 10
    # a timer may be early by its resolution
    assert min(later - first for first, later in pairwise(drawn)) > 0.09


def test_a_frame_that_comes_after_the_end_is_not_drawn(make_app: MakeApp) -> None:
    app = pressed(make_app(), "l")
    assert not app.screen_stack
    app.frames.publish()
    assert app.session.cursor.t == 1


def test_every_action_is_done_by_somebody() -> None:
    app = Debugger(open_session(sample("addition")))
    for action in BY_NAME.values():
        own = getattr(app.shows, f"do_{action.name}", None)
        method = getattr(Session, action.method) if action.method else None
        assert callable(own or action.does or action.goes or method)


def test_no_key_has_two_actions() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_the_wanted_unit_survives_a_line_that_has_fewer() -> None:
    session = open_session(sample("addition"))
    session.goto_unit(4)
    assert session.next_layer() == {"layer", "unit"}
    assert session.cursor.unit == 0
    assert session.previous_layer() == {"layer", "unit"}
    assert session.cursor.unit == 4
    session.next_layer()
    session.goto_unit(0)
    session.previous_layer()
    assert session.cursor.unit == 0


def test_there_is_no_layer_beyond_the_first_and_the_last() -> None:
    session = open_session(sample("addition"))
    session.next_line()
    assert session.previous_layer() == frozenset()
    session.next_layer(9)
    assert (session.cursor.layer, session.cursor.line) == (1, 0)
    session.next_line()
    assert session.next_layer() == frozenset()


def test_a_session_says_how_far_a_jump_is_until_it_is_framed() -> None:
    session = open_session(sample("addition"))
    session.goto(20)
    assert session.ahead == 20
    session.frame()
    session.goto(5)
    assert session.ahead == 0


def test_a_count_is_not_the_name_of_a_file(make_app: MakeApp) -> None:
    app = make_app()
    saved: list[str | None] = []

    def save(name: str | None = None) -> str:
        saved.append(name)
        return "a.svg"

    app.save_screenshot = save  # type: ignore[method-assign, assignment]
    assert drive(app, "3", "S", see=lambda: app.presses.count) == ""
    assert saved == [None]


def test_digits_over_a_page_are_no_count(make_app: MakeApp) -> None:
    app = make_app()

    async def all_pages(pilot: Pilot[None]) -> None:
        for page in ("question_mark", "i", "p"):
            await enter(pilot, page, "5", "escape")
            assert (app.query_one(KeyBar).count, app.presses.count) == ("", ""), page

    pressed(app, all_pages)


def test_the_speed_is_said_while_time_stands_still(make_app: MakeApp) -> None:
    app = make_app()
    notes: list[str] = []

    def note(_: object) -> Awaitable[None]:
        notes.append(app.query_one(NoteBar).said)
        return asyncio.sleep(0)

    faster, slower = "greater_than_sign", "less_than_sign"
    pressed(app, faster, note, slower, slower, note)
    assert notes == ["play: 10 timesteps a second", "play: 2 timesteps a second"]


def test_the_tour_of_the_readme_goes_where_it_says(make_app: MakeApp) -> None:
    app = pressed(make_app(), "J", "p", "escape", "8", "g", "j")
    assert app.session.cursor == Cursor(t=8, line=1, unit=1)
    frame = app.session.frame()
    assert frame.layer.cell.title(frame.equation.name) == "Wh·hₜ₋₁"
    assert frame.label(0, frame.equation.name, frame.cursor.unit) == "carry"


@pytest.mark.parametrize(("keys", "out"), [([], ""), (["enter"], "Esc out")])
def test_on_80_by_24_the_keys_most_needed_are_shown(
    make_app: MakeApp, keys: list[str], out: str
) -> None:
    app = make_app()
    bar = drive(app, *keys, see=lambda: text_of(app)[-1], size=(80, 24))
    for shown in ["→ step", "← back", "↓ line", "Enter inside", ": command", "? help", "q quit"]:
        assert shown in bar
    assert out in bar
    assert ("Esc" in bar) == bool(out)


def test_on_a_narrow_screen_help_and_quit_stay(make_app: MakeApp) -> None:
    app = make_app()
    bar = drive(app, see=lambda: text_of(app)[-1], size=(20, 10))
    assert bar.split() == ["?", "help", "q", "quit"]


def test_the_palette_lists_each_action_once_and_nothing_else(make_app: MakeApp) -> None:
    app = make_app()
    commands = drive(app, see=lambda: [c.title for c in app.get_system_commands(app.screen)])
    assert commands == [action.name for action in ACTIONS]


def test_the_first_frame_does_without_what_keys_need(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnstep.tui.app.LOADING", 60)
    app = make_app()
    assert "shows" not in vars(pressed(app))

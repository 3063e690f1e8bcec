"""Each key does to the screen what its method does to a session."""

from __future__ import annotations

import asyncio
import random

import pytest

from rnnstep.frame import Cursor
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.session import Session
from rnnstep.tui.actions import ACTIONS, BY_NAME
from rnnstep.tui.app import Debugger
from rnnstep.tui.panel import Panel
from tests.tui.conftest import MakeApp


def pressed(app: Debugger, *keys: str, size: tuple[int, int] = (120, 40)) -> Debugger:
    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()

    asyncio.run(run())
    return app


def moved(*calls: tuple[str, int]) -> Cursor:
    session = open_session(sample("addition"))
    for method, count in calls:
        getattr(session, method)(count)
    return session.cursor


@pytest.mark.parametrize(
    ("keys", "calls"),
    [
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
        (["t", "7", "enter"], [("goto", 7)]),
        (["colon", "2", "1", "enter"], [("goto", 21)]),
    ],
)
def test_a_key_moves_the_cursor_as_its_method_does(
    make_app: MakeApp, keys: list[str], calls: list[tuple[str, int]]
) -> None:
    app = pressed(make_app(), *keys)
    assert app.session.cursor == moved(*calls)
    assert app.frame is not None
    assert app.frame.cursor == app.session.cursor


def test_there_and_back_is_the_same_screen(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> tuple[str, str]:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            before = app.export_screenshot()
            await pilot.press(*["right"] * 20, *["left"] * 20)
            await pilot.pause()
            return before, app.export_screenshot()

    before, after = asyncio.run(run())
    assert before == after


def test_views_change_and_come_back(make_app: MakeApp) -> None:
    app = pressed(make_app(), "n", "s", "m", "right_square_bracket", "v", "x")
    assert app.view.mode.value == "numbers"
    assert app.view.scale.value == "step"
    assert app.view.precision == 4
    assert app.view.follows
    assert app.view.chosen == {0}


def test_zoom_shows_one_panel_and_escape_all(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> tuple[list[str | None], int]:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("tab", "z")
            await pilot.pause()
            alone = [panel.id for panel in app.query(Panel) if panel.size.area]
            await pilot.press("escape")
            await pilot.pause()
            return alone, len([panel for panel in app.query(Panel) if panel.size.area])

    assert asyncio.run(run()) == (["values"], 5)


@pytest.mark.parametrize("key", ["question_mark", "i", "p"])
def test_a_page_opens_and_closes(make_app: MakeApp, key: str) -> None:
    app = make_app()

    async def run() -> tuple[int, int]:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press(key)
            await pilot.pause()
            opened = len(app.screen_stack)
            await pilot.press("escape")
            await pilot.pause()
            return opened, len(app.screen_stack)

    assert asyncio.run(run()) == (2, 1)


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


def test_every_action_is_done_by_somebody() -> None:
    app = Debugger(open_session(sample("addition")))
    for action in BY_NAME.values():
        owner, name = (
            (Session, action.method) if action.method else (app.shows, f"do_{action.name}")
        )
        assert callable(getattr(owner, name))


def test_no_key_has_two_actions() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))

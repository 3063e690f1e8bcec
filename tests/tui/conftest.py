"""Apps over the samples, as a terminal of many colours shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar

MakeApp = Callable[..., Debugger]
Seen = TypeVar("Seen")
Act = str | Callable[[Pilot[None]], Awaitable[object]]
"""A key to press, or anything else to do."""


@pytest.fixture
def make_app() -> MakeApp:
    def make(name: str = "addition") -> Debugger:
        return Debugger(open_session(sample(name)))

    return make


def drive(
    app: Debugger, *acts: Act, see: Callable[[], Seen], size: tuple[int, int] = (120, 40)
) -> Seen:
    """What is to be seen after the acts, when the newest frame has been drawn."""

    async def run() -> Seen:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            for act in acts:
                await (pilot.press(act) if isinstance(act, str) else act(pilot))
            await settled(pilot)
            return see()

    return asyncio.run(run())


def pressed(app: Debugger, *acts: Act, size: tuple[int, int] = (120, 40)) -> Debugger:
    """The app after the acts."""
    return drive(app, *acts, see=lambda: app, size=size)


def typed(text: str) -> list[str]:
    """The keys of a text, entered."""
    names = {" ": "space", ":": "colon", "-": "minus", "+": "plus", "_": "underscore"}
    return [names.get(letter, letter) for letter in text] + ["enter"]


async def idle(min_sleep: float = 0, max_sleep: float = 0) -> None:  # noqa: ARG001
    """Wait until every task of the app waits for a timer or for input.

    Textual's own sleeps, and guesses from the processor time that was used meanwhile: 40 ms a key.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(100_000):
        await asyncio.sleep(0)
        if not ready:
            return
    raise TimeoutError("the app is never idle")


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the newest frame is there and drawn."""
    await pilot.pause()
    await pilot.pause()


async def enter(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait for what they do."""
    await pilot.press(*keys)
    await settled(pilot)


def text_of(app: Debugger) -> list[str]:
    """The lines of the screen."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def complaint(app: Debugger) -> str:
    """What went wrong, as the line of notes says it; empty if nothing did."""
    notes = app.main.query_one(NoteBar)
    return notes.said if notes.wrong else ""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a key saves is not left in the folder that the tests run in."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is done when the app is idle, and its frame is drawn at once."""
    monkeypatch.setattr("textual.app.wait_for_idle", idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)
    monkeypatch.setattr("rnnstep.tui.frames.PAUSE", 0.0)

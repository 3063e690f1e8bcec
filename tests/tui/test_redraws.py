"""What a step costs the terminal: only what has changed is sent, and weights are not looked at."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from rich.color import ColorSystem
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.equations import Array
from rnnstep.render import heatmap, kept
from rnnstep.scale import strongest
from rnnstep.tui.app import Debugger
from tests.tui.conftest import MakeApp, pressed

A_STEP = 10_000
"""Bytes that a step may send; the whole screen is three times as many."""


class Terminal(HeadlessDriver):
    """Keeps what is written."""

    written = ""

    @property
    def is_headless(self) -> bool:
        """So that something is written."""
        return False

    def write(self, data: str) -> None:
        self.written += data


async def until_quiet(terminal: Terminal) -> None:
    before = None
    while terminal.written != before:
        before = terminal.written
        await asyncio.sleep(0.2)


def test_a_step_sends_the_lines_that_changed(make_app: MakeApp) -> None:
    app = make_app()
    app.driver_class = Terminal
    app.console._color_system = ColorSystem.TRUECOLOR
    sent: list[str] = []

    async def press() -> None:
        await asyncio.sleep(0.5)
        terminal = app._driver
        assert isinstance(terminal, Terminal)
        await until_quiet(terminal)
        for _ in range(3):
            terminal.written = ""
            app.post_message(events.Key("right", None))
            await until_quiet(terminal)
            sent.append(terminal.written)
        app.exit()

    async def run() -> None:
        pressing = asyncio.ensure_future(press())
        await app.run_async(size=(200, 50))
        await pressing

    asyncio.run(run())
    assert all(sent)
    assert all(len(data.encode()) < A_STEP for data in sent)
    assert all("= tanh(" not in data for data in sent), "the equations do not change"


def test_weights_are_looked_at_once_whatever_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    kept._found.clear()

    def counted(array: Array, blocks: tuple[int, ...]) -> Array:
        looked.append(array.size)
        return strongest(array, blocks)

    monkeypatch.setattr(heatmap, "strongest", counted)
    shapes = {"Wx": (200, 2), "Wh": (200, 200), "b": (200,)}
    weights = {name: np.full(shape, 0.01, np.float32) for name, shape in shapes.items()}
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    session = Session(Trace(model, np.ones((9, 2), np.float32)))
    session.goto_value("Wh_h")
    app = pressed(Debugger(session), "right", "right", "right", size=(200, 50))
    assert app.session.cursor.t == 3
    assert looked.count(200 * 200) == 1


def test_what_can_be_written_to_is_not_remembered() -> None:
    array = np.zeros((200, 200))
    view = array[:]
    view.flags.writeable = False
    assert kept.kept(view, "largest", view.max) == 0
    array[0, 0] = 1
    assert kept.kept(view, "largest", view.max) == 1

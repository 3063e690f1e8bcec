"""What a step costs the terminal: only what has changed is sent, and weights are not looked at."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from rich.color import ColorSystem
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.playing import Change
from rnnstep.render import heatmap, kept
from rnnstep.render.equation import equations
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing
from rnnstep.scale import strongest
from rnnstep.tui.app import Debugger
from rnnstep.tui.panels import Operation
from tests.tui.conftest import MakeApp, drive, pressed

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


def wide_app() -> Debugger:
    """At the recurrent product of 200 units."""
    shapes = {"Wx": (200, 2), "Wh": (200, 200), "b": (200,)}
    weights = {name: np.full(shape, 0.01, np.float32) for name, shape in shapes.items()}
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    session = Session(Trace(model, np.ones((9, 2), np.float32)))
    session.goto_value("Wh_h")
    return Debugger(session)


def test_weights_are_looked_at_once_whatever_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    kept._found.clear()

    def counted(array: Array, blocks: tuple[int, ...]) -> Array:
        looked.append(array.size)
        return strongest(array, blocks)

    monkeypatch.setattr(heatmap, "strongest", counted)
    app = pressed(wide_app(), "right", "right", "right", size=(200, 50))
    assert app.session.cursor.t == 3
    assert looked.count(200 * 200) == 1


def test_of_a_line_only_the_columns_that_changed_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[Region] = []
    whole = Operation.refresh

    def refresh(self: Operation, *regions: Region, **options: bool) -> Operation:
        drawn.extend(regions)
        return whole(self, *regions, **options)

    app = wide_app()
    step = app.session.step

    def stepped(count: int) -> Change:
        monkeypatch.setattr(Operation, "refresh", refresh)
        return step(count)

    monkeypatch.setattr(app.session, "step", stepped)
    width = drive(app, "right", see=lambda: app.query_one(Operation).size.width, size=(200, 50))
    # of the matrix nothing changes: it takes all of the line but a few columns
    assert drawn
    assert all(region.height == 1 and 0 < region.width < 20 for region in drawn)
    assert all(region.right <= width for region in drawn)


def test_equations_are_drawn_once_whatever_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def counted(frame: Frame, pen: Pen, width: int) -> Drawing:
        drawn.append(frame.cursor.t)
        return equations(frame, pen, width)

    monkeypatch.setattr("rnnstep.tui.panels.equations", counted)
    app = pressed(wide_app(), "right", "right", "right", size=(200, 50))
    assert app.session.cursor.t == 3
    assert set(drawn) == {0}
    drawn.clear()
    pressed(wide_app(), "right", "down", size=(200, 50))
    assert drawn[-1] == 1

"""From a key to the bytes of its frame: beside an empty app, and large weights beside small ones.

Run from the repository root: python -m benchmarks.screen
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.color import ColorSystem
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.reactive import reactive
from textual.widget import Widget

from benchmarks.measure import Row, in_turns, show
from rnnstep import Model, Session, Trace, build_layer, load_cell, open_session
from rnnstep.tui.app import Debugger

SAMPLE = str(Path(__file__).parents[1] / "samples" / "seq.npy")
SIZE = (200, 50)
KEYS = 25
TURNS = 3
"""How often weights of each size are stepped over."""
_APART = 0.08
"""Seconds between two keys, so that no frame waits for the one before."""


class Terminal(HeadlessDriver):
    """A terminal that takes what is written, and notes when and how much.

    Attributes:
        written: bytes since the last key.
        last: when the last of them came.
    """

    written = 0
    last = 0.0

    @property
    def is_headless(self) -> bool:
        """The app must really write."""
        return False

    def write(self, data: str) -> None:
        """Take it."""
        self.written += len(data.encode())
        self.last = time.perf_counter()


class Counter(Widget):
    """One line that says how many keys there were."""

    count: reactive[int] = reactive(0)

    def render(self) -> str:
        """The number."""
        return str(self.count)


class Empty(App[None]):
    """Nothing but what shows that a key has come."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Counter()

    def on_key(self) -> None:
        """Count."""
        self.query_one(Counter).count += 1


def keys_to_frames(app: App[Any], keys: int = KEYS, draw: bool = False) -> list[tuple[float, int]]:
    """For each key the seconds until its frame was written, and the bytes of it.

    Args:
        app: not running yet.
        keys: how many times → is pressed.
        draw: whether the step's values have been computed before its key comes.
    """
    app.driver_class = Terminal
    app.console._color_system = ColorSystem.TRUECOLOR
    found: list[tuple[float, int]] = []

    async def press() -> None:
        await asyncio.sleep(1.0)
        terminal = app._driver
        assert isinstance(terminal, Terminal)
        for _ in range(keys + 3):
            if draw and isinstance(app, Debugger):
                app.session.trace.frame(app.session.cursor.t + 1)
            terminal.written = 0
            start = time.perf_counter()
            app.post_message(events.Key("right", None))
            await asyncio.sleep(_APART)
            while not terminal.written:
                await asyncio.sleep(0.01)
            found.append((terminal.last - start, terminal.written))
        app.exit()

    async def run() -> None:
        pressing = asyncio.ensure_future(press())
        await app.run_async(size=SIZE)
        await pressing

    asyncio.run(run())
    # the first keys import and compile
    return found[3:]


def key_to_frame(app: App[Any], draw: bool = False) -> float:
    """Seconds from a key to the end of what it writes."""
    return median(seconds for seconds, _ in keys_to_frames(app, draw=draw))


def of_size(hidden: int) -> Debugger:
    """The debugger over a SimpleRNN with so many units, at its recurrent product."""
    random = np.random.default_rng(0)
    names = {"Wx": (hidden, 32), "Wh": (hidden, hidden), "b": (hidden,)}
    weights = {
        name: (random.normal(size=shape) / hidden**0.5).astype(np.float32)
        for name, shape in names.items()
    }
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    xs = random.normal(size=(60, 32)).astype(np.float32)
    session = Session(Trace(model, xs))
    session.goto_value("Wh_h")
    return Debugger(session)


def rows() -> Iterator[Row]:
    """The rows of the table."""
    sized = f"{SIZE[0]}×{SIZE[1]}"
    ours = key_to_frame(Debugger(open_session(SAMPLE)))
    yield Row(f"key to frame, {sized}", ours, "empty Textual app", key_to_frame(Empty()), "ms", 5)
    small = "64×64 weights"
    for told, drawn in (("key to frame", False), ("the drawing of it alone", True)):
        large, beside = in_turns(
            lambda drawn=drawn: key_to_frame(of_size(4096), drawn),
            lambda drawn=drawn: key_to_frame(of_size(64), drawn),
            TURNS,
        )
        yield Row(f"{told}, 4096×4096 weights", large, small, beside, "ms", 1.2)


def bytes_per_step() -> str:
    """What a step writes to the terminal, on the average and at the most."""
    counts = [count for _, count in keys_to_frames(Debugger(open_session(SAMPLE)))]
    return f"bytes per step, {SIZE[0]}×{SIZE[1]}: {median(counts):.0f}, at most {max(counts)}"


def main() -> None:
    """Measure, and print."""
    show(rows())
    print(bytes_per_step())


if __name__ == "__main__":
    main()

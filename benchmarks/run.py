"""Ratios within one run: start and key beside an empty Textual app, steps beside torch.nn.RNN.

Run from the repository root, with the extra ``parity`` for the last rows: python benchmarks/run.py
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from textual.app import App

from rnnstep import Model, Trace, build_layer, load_cell, open_session
from rnnstep.tui.app import Debugger

SAMPLE = str(Path(__file__).parents[1] / "samples" / "seq.npy")
REPEATS = 5

_EMPTY = "from textual.app import App\nA = App\n"
_OURS = (
    "from rnnstep import open_session\nfrom rnnstep.tui.app import Debugger\n"
    f"A = lambda: Debugger(open_session({SAMPLE!r}))\n"
)
_FIRST_FRAME = (
    "import asyncio\n"
    "async def main():\n"
    "    async with A().run_test(size=(200, 50)) as pilot:\n"
    "        pass\n"
    "asyncio.run(main())\n"
)


def seconds(work: Callable[[], object]) -> float:
    """The median of several."""
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


def start_to_first_frame(code: str) -> float:
    """A new interpreter until the first frame has been drawn, and its end."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code + _FIRST_FRAME], check=True))


def key_to_frame(app: App[None], keys: int = 20) -> float:
    """A key until the screen has settled, on the average of some."""

    async def run() -> float:
        async with app.run_test(size=(200, 50)) as pilot:
            await pilot.pause()
            start = time.perf_counter()
            for _ in range(keys):
                await pilot.press("right")
            return (time.perf_counter() - start) / keys

    return asyncio.run(run())


def per_step(hidden: int, timesteps: int = 2000) -> tuple[float, float]:
    """Seconds of a step with every value, here and (h alone) in torch.nn.RNN."""
    import torch

    torch.manual_seed(0)
    layer = torch.nn.RNN(32, hidden)
    names = {"Wx": "weight_ih_l0", "Wh": "weight_hh_l0", "b": "bias_ih_l0"}
    weights = {ours: getattr(layer, theirs).detach().numpy() for ours, theirs in names.items()}
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    xs = np.random.default_rng(0).normal(size=(timesteps, 32)).astype(np.float32)
    tensor = torch.from_numpy(xs)
    with torch.no_grad():
        theirs = seconds(lambda: layer(tensor)) / timesteps
    ours = seconds(lambda: sum(1 for _ in Trace(model, xs).frames())) / timesteps
    return ours, theirs


def row(what: str, ours: float, beside: str, theirs: float, unit: float, name: str) -> None:
    """One line of the table."""
    print(
        f"| {what} | {ours * unit:.1f} {name} | {beside} {theirs * unit:.1f} {name} "
        f"| {ours / theirs:.2f} |"
    )


def main() -> None:
    """Measure everything, and print the table."""
    print("| what | rnnstep | beside | ratio |\n|---|---|---|---|")
    row(
        "start to first frame",
        start_to_first_frame(_OURS),
        "empty Textual app",
        start_to_first_frame(_EMPTY),
        1e3,
        "ms",
    )
    row(
        "key to frame, 200×50",
        key_to_frame(Debugger(open_session(SAMPLE))),
        "empty Textual app",
        key_to_frame(App()),
        1e3,
        "ms",
    )
    for hidden in (32, 256, 1024):
        ours, theirs = per_step(hidden)
        row(f"a recorded step, H = {hidden}", ours, "torch.nn.RNN", theirs, 1e6, "µs")


if __name__ == "__main__":
    main()

"""What a start loads: a library only where it is used, since each one costs the reader time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = str(Path(__file__).parents[2] / "samples" / "seq.npy")

FORMATS = {"torch", "keras", "onnx", "onnxruntime", "h5py", "safetensors"}
"""The libraries of weight formats; the sample's is NumPy's own."""
COMPILER = {"numba"}
"""For long runs alone, once they are run."""
PLOTS = {"textual_plot"}
SCREEN = {"textual", *PLOTS}
NUMBERS = {"numpy", "cmap"}

_COMMAND = "from rnnstep.cli import main\ntry: main({})\nexcept SystemExit: pass"
_FIRST_FRAME = f"""
import asyncio
from rnnstep.opening import open_session
from rnnstep.tui.app import Debugger

async def start():
    app = Debugger(open_session({SAMPLE!r}))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.frame is not None

asyncio.run(start())
"""

STARTS = {
    "import": ("import rnnstep", FORMATS | SCREEN | NUMBERS | {"rich", "cyclopts"}),
    "--version": (_COMMAND.format(["--version"]), FORMATS | SCREEN | NUMBERS),
    "--help": (_COMMAND.format(["--help"]), FORMATS | SCREEN | NUMBERS),
    "print": (_COMMAND.format(["print", SAMPLE]), FORMATS | SCREEN),
    "first frame": (_FIRST_FRAME, FORMATS | PLOTS | {"rich.progress", "rnnstep.tui.plot"}),
}
"""What is started, and what that must not load."""


@pytest.mark.parametrize("start", STARTS)
def test_a_start_loads_no_library_that_it_does_not_use(start: str) -> None:
    code, unused = STARTS[start]
    report = "\nimport sys\nprint(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "rnnstep" in loaded
    assert not loaded & (unused | COMPILER)

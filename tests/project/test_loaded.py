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
NUMBERS = {"numpy"}

_COMMAND = "from rnnstep.cli import main\ntry: main({})\nexcept SystemExit: pass"
_FIRST_FRAME = f"""
import asyncio, gc, sys
import rnnstep.tui
import rnnstep.tui.app
from rnnstep.cli import main
from rnnstep.tui import screen

async def start(app):
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.frame is not None
        assert gc.isenabled() and gc.get_freeze_count()

def opened(session, file):
    app = screen(session, file)
    assert app.keeper.file is not None
    app.run = lambda: asyncio.run(start(app))
    return app

rnnstep.tui.screen = opened
# later than this looks
rnnstep.tui.app.LOADING = 60
sys.stdin.isatty = sys.stdout.isatty = lambda: True
try: main([{SAMPLE!r}])
except SystemExit as end: assert not end.code
"""

PARSER = {"cyclopts", "rnnstep.cli.app"}
LATER = {
    f"rnnstep.{name}"
    for name in (
        *(
            "check",
            "export",
            "inspection",
            "live",
            "provenance",
            "render.check",
            "render.html",
            "render.report",
            "render.svg",
        ),
        *(
            "config.settings",
            "tui.settings",
            "tui.layers",
            "tui.looks",
            "tui.pages",
            "tui.plot",
            "tui.shows",
        ),
        *("weights.conventions", "weights.groups", "weights.recognise", "weights.spelling"),
    )
}
"""What a key, another command or a file of another kind loads."""

STARTS = {
    "import": ("import rnnstep", FORMATS | SCREEN | NUMBERS | PARSER | {"rich"}),
    "--version": (_COMMAND.format(["--version"]), FORMATS | SCREEN | NUMBERS | PARSER | {"rich"}),
    "--help": (_COMMAND.format(["--help"]), FORMATS | SCREEN | NUMBERS),
    "print": (_COMMAND.format(["print", SAMPLE]), FORMATS | SCREEN),
    "a sequence": (_COMMAND.format([SAMPLE]), FORMATS | SCREEN | PARSER),
    "first frame": (
        _FIRST_FRAME,
        FORMATS
        | PLOTS
        | PARSER
        | LATER
        | {"cmap", "rich.progress", "tomllib", "urllib.request", "xml"},
    ),
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

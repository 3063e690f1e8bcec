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
_SCREEN = f"""
import gc, sys
from contextlib import contextmanager
import rnnstep.cli.lean
from rnnstep.cli import main

lean = rnnstep.cli.lean.lean

@contextmanager
def opening():
    with lean():
        import rnnstep.tui.app
        global screen
        screen, rnnstep.tui.screen = rnnstep.tui.screen, opened
        # later than this looks
        rnnstep.tui.app.LOADING = 60
        yield

def opened(session, file):
    app = screen(session, file)
    assert app.keeper.file is not None
    app.run = lambda: sys.modules["asyncio"].run(start(app))
    return app

async def start(app):
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.frame is not None
        assert gc.isenabled() and gc.get_freeze_count()

rnnstep.cli.lean.lean = opening
sys.stdin.isatty = sys.stdout.isatty = lambda: True
try: main([{SAMPLE!r}])
except SystemExit as end: assert not end.code
"""
"""As the command does it, but for the terminal."""

PARSER = {"cyclopts", "rnnstep.cli.app"}
LATER = {
    f"rnnstep.{name}"
    for name in (
        "batch",
        "cells.variants",
        "check",
        "commands.completing",
        "export",
        "expressions",
        "inspection",
        "live",
        "origins",
        "passes",
        "provenance",
        "states",
        *(f"breaks.{name}" for name in ("arising", "conditions", "hits", "parsing", "places")),
        *("config.settings", "finding.asked", "finding.queries"),
        *(f"forks.{name}" for name in ("edit", "effect", "fixed", "language", "making", "ready")),
        *(f"program.{name}" for name in ("batch", "compiled", "opcodes", "translate", "workers")),
        *(f"render.{name}" for name in ("check", "html", "layers", "report", "svg")),
        *("saved.forks", "saved.part", "saved.parts"),
        *(f"tui.{name}" for name in ("kept", "layers", "looks", "mouse", "pages", "plot")),
        *("tui.settings", "tui.shows"),
        *(f"weights.{name}" for name in ("conventions", "groups", "recognise", "spelling")),
    )
}
"""What a key, another command or a file of another kind loads."""

STARTS = {
    "import": ("import rnnstep", FORMATS | SCREEN | NUMBERS | PARSER | {"rich"}),
    "--version": (_COMMAND.format(["--version"]), FORMATS | SCREEN | NUMBERS | PARSER | {"rich"}),
    "--help": (_COMMAND.format(["--help"]), FORMATS | SCREEN | NUMBERS | {"markdown_it"}),
    "print": (_COMMAND.format(["print", SAMPLE]), FORMATS | SCREEN),
    "a sequence": (_COMMAND.format([SAMPLE]), FORMATS | SCREEN | PARSER),
    "first frame": (
        _SCREEN,
        FORMATS
        | PLOTS
        | PARSER
        | LATER
        | {"cmap", "hashlib", "rich.progress", "statistics", "tomllib", "urllib.request", "xml"}
        | {"numpy.typing", "numpy._typing._array_like"},
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


def test_what_a_start_loads_is_made_without_generated_code() -> None:
    """A dataclass or a named tuple takes up to a millisecond each, see :mod:`rnnstep.record`."""
    report = """
for name, module in sorted(sys.modules.items()):
    for made in vars(module).values() if name.startswith("rnnstep.") else ():
        slow = hasattr(made, "__dataclass_fields__") or hasattr(made, "_field_defaults")
        if slow and made.__module__ == name:
            print(name, made.__qualname__, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", _SCREEN + report], capture_output=True, text=True, check=True
    )
    assert done.stderr.split("\n") == [""]


@pytest.mark.parametrize(
    ("start", "lacking"),
    [("import asyncio, rnnstep; rnnstep.Trace", []), (_SCREEN, ["help", "ssl", "types"])],
    ids=["a script", "the screen"],
)
def test_only_the_screen_leaves_out_what_it_has_no_use_for(start: str, lacking: list[str]) -> None:
    """And all of it can be had after the screen, but for the help."""
    code = f"""{start}
import sys
lacking = []
if "_ssl" not in sys.modules: lacking.append("ssl")
if "numpy._typing._array_like" not in sys.modules: lacking.append("types")
import numpy.typing, numpy._typing._array_like, ssl
assert numpy.typing.ArrayLike and numpy._typing._array_like._SupportsArray
assert ssl.create_default_context() and numpy.linalg.eigh(numpy.eye(2)).eigenvalues.sum() == 2
if not numpy.ndarray.sum.__doc__: lacking.append("help")
print(*sorted(lacking), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == lacking

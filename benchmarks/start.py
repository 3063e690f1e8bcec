"""Start: to the first frame in a real terminal beside an empty Textual app, and to the help.

Run from the repository root: python -m benchmarks.start
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect

from benchmarks.measure import HEAD, Row, seconds

ROOT = Path(__file__).parents[1]
SAMPLE = str(ROOT / "samples" / "seq.npy")
REPEATS = 15
LINES, COLUMNS = 50, 200

_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
_EMPTY = "from textual.app import App\nApp().run()"
_LAST_LINE = f"\x1b[{LINES};"
"""Where the last line of the screen begins to be drawn."""


def first_frame(*tokens: str) -> None:
    """A new interpreter in a terminal until it has drawn a screen that contains what it shows."""
    child = pexpect.spawn(
        sys.executable,
        list(tokens),
        dimensions=(LINES, COLUMNS),
        env={"PATH": os.environ.get("PATH", ""), **_TERMINAL},
        timeout=30,
    )
    child.expect_exact(_LAST_LINE)
    child.close(force=True)


def printed(*tokens: str) -> None:
    """A new interpreter until its end."""
    env = {**os.environ, **_TERMINAL}
    # compiled modules are kept, as pip keeps them for who installs
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, *tokens], env=env, check=True, stdout=subprocess.DEVNULL)


def _beside(ours: tuple[str, ...], theirs: tuple[str, ...], terminal: bool) -> tuple[float, float]:
    run = first_frame if terminal else printed
    run(*ours)
    run(*theirs)
    return seconds(lambda: run(*ours), REPEATS), seconds(lambda: run(*theirs), REPEATS)


def rows() -> Iterator[Row]:
    """To the first frame, and to the help."""
    ours, theirs = _beside(("-m", "rnnstep", SAMPLE), ("-c", _EMPTY), terminal=True)
    yield Row("start to first frame", ours, "empty Textual app", theirs, "ms", 1.5)
    for option in ("--help", "--version"):
        ours, theirs = _beside(("-m", "rnnstep", option), ("-c", "import cyclopts"), terminal=False)
        # the help is drawn with rich, which importing cyclopts does not load
        most = 3.0 if option == "--help" else 1.5
        yield Row(f"rnnstep {option}", ours, "import cyclopts", theirs, "ms", most)


if __name__ == "__main__":
    print(HEAD)
    for row in rows():
        print(row, flush=True)

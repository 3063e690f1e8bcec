"""Start: to the first frame in a real terminal beside an empty Textual app, and to the help.

Run from the repository root: python -m benchmarks.start
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pexpect

from benchmarks.measure import Row, show

ROOT = Path(__file__).parents[1]
SAMPLE = str(ROOT / "samples" / "seq.npy")
COMMAND = str(Path(sys.executable).with_name("rnnstep"))
"""As it is installed, and typed."""
REPEATS = 31
LINES, COLUMNS = 50, 200

_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
# what the user has saved and configured is none of the program's time
_TERMINAL |= dict.fromkeys(("XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(ROOT / "no-such-folder"))
_EMPTY = "from textual.app import App\nApp().run()"
_LAST_LINE = f"\x1b[{LINES};"
"""Where the last line of the screen begins to be drawn: all that an empty app draws."""
_LAST_PANEL = "sum of 2 terms"
"""What the last panel says of the sample: an app may draw its borders first."""


def first_frame(last: str, *tokens: str) -> float:
    """Seconds of a new interpreter in a terminal until it has drawn its screen, ``last`` last."""
    start = time.perf_counter()
    child = pexpect.spawn(
        sys.executable,
        list(tokens),
        dimensions=(LINES, COLUMNS),
        env={"PATH": os.environ.get("PATH", ""), **_TERMINAL},
        timeout=30,
    )
    child.expect_exact(last)
    taken = time.perf_counter() - start
    # closing sleeps for a tenth of a second, which is no part of the start
    child.close(force=True)
    return taken


def printed(*tokens: str) -> float:
    """Seconds of a new interpreter until its end."""
    env = {**os.environ, **_TERMINAL}
    # compiled modules are kept, as pip keeps them for who installs
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run([sys.executable, *tokens], env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _beside(
    run: Callable[..., float], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[float, float]:
    """The medians of both, in turns, after one run each that fills the caches."""
    pairs = [(run(*ours), run(*theirs)) for _ in range(REPEATS + 1)][1:]
    return median(own for own, _ in pairs), median(peer for _, peer in pairs)


def rows() -> Iterator[Row]:
    """To the first frame, and to the help."""
    ours = _LAST_PANEL, COMMAND, SAMPLE
    taken, empty = _beside(first_frame, ours, (_LAST_LINE, "-c", _EMPTY))
    yield Row("start to first frame", taken, "empty Textual app", empty, "ms", 1.5)
    for option in ("--help", "--version"):
        taken, peer = _beside(printed, (COMMAND, option), ("-c", "import cyclopts"))
        # the help is drawn with rich, which importing cyclopts does not load
        most = 3.0 if option == "--help" else 1.5
        yield Row(f"rnnstep {option}", taken, "import cyclopts", peer, "ms", most)


if __name__ == "__main__":
    show(rows())

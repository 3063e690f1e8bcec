"""The command in a real pseudo-terminal: it opens, steps there and back, and leaves it clean."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pexpect
import pyte
import pytest

SAMPLE = Path(__file__).parents[2] / "samples" / "seq.npy"
COLUMNS, LINES = 120, 40


class Terminal:
    """The command, and the screen that it draws on."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "rnnstep", str(SAMPLE)],
            dimensions=(LINES, COLUMNS),
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", "PATH": "/usr/bin:/bin"},
            timeout=30,
        )

    def settle(self, quiet: float = 0.7) -> list[str]:
        """Read until nothing more comes, and return the screen's lines."""
        while True:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=quiet))
            except pexpect.TIMEOUT:
                if any("timeline" in line for line in self.screen.display):
                    return list(self.screen.display)
            except pexpect.EOF:
                return list(self.screen.display)

    def drain(self, quiet: float) -> int:
        """Read until nothing more comes, without drawing it, and return how many bytes it was."""
        read = 0
        while True:
            try:
                read += len(self.child.read_nonblocking(65536, timeout=quiet))
            except pexpect.TIMEOUT:
                return read


def test_twenty_there_and_twenty_back_is_the_same_screen() -> None:
    terminal = Terminal()
    before = terminal.settle()
    terminal.child.send("l" * 20)
    middle = terminal.settle()
    terminal.child.send("h" * 20)
    after = terminal.settle()
    assert any("t 0 / 31" in line for line in before)
    assert any("t 20 / 31" in line for line in middle)
    assert after == before
    terminal.child.send("q")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 0


@pytest.mark.parametrize("seed", [1])
def test_random_keys_leave_a_clean_terminal(seed: int) -> None:
    terminal = Terminal()
    terminal.settle()
    keys = ["h", "j", "k", "l", "g", "G", "J", "K", "n", "s", "m", "[", "]", "z", "v", "x", " "]
    keys += ["\t", "\r", "\x1b[C", "\x1b[D", "+", "-", ">", "<", *"123456789"]
    chosen = random.Random(seed)
    for _ in range(100):
        terminal.child.send("".join(chosen.choices(keys, k=100)))
        terminal.drain(quiet=0.02)
    terminal.child.send("\x1b")
    terminal.drain(quiet=0.7)
    terminal.child.send("q")
    # a slow machine may still be at the last of the keys
    terminal.child.expect(pexpect.EOF, timeout=120)
    left = terminal.child.before or b""
    terminal.child.close()
    assert terminal.child.exitstatus == 0
    assert b"Traceback" not in left
    assert b"\x1b[?1049l" in left
    assert b"\x1b[?25h" in left

"""The command in a real pseudo-terminal: it opens, steps there and back, and leaves it clean."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from signal import SIGTERM
from tempfile import mkdtemp

import pexpect
import pyte
import pytest

from rnnstep.cli import main

SAMPLE = Path(__file__).parents[2] / "samples" / "seq.npy"
COLUMNS, LINES = 120, 40


class Terminal:
    """The command, and the screen that it draws on.

    Args:
        command: what Python is called with; the sample by default.
        home: the user's folders; new and empty ones by default.
    """

    def __init__(self, *command: str, home: Path | None = None) -> None:
        folder = str(home or mkdtemp(dir=os.environ["XDG_STATE_HOME"]))
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            sys.executable,
            list(command or ["-m", "rnnstep", str(SAMPLE)]),
            dimensions=(LINES, COLUMNS),
            env={
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PATH": "/usr/bin:/bin",
                "XDG_STATE_HOME": folder,
                "XDG_CONFIG_HOME": folder,
                **{name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
            },
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

    def ends(self) -> int:
        """Leave by the key for it; the exit code."""
        self.child.send("q")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus or 0

    def drain(self, quiet: float) -> int:
        """Read until nothing more comes, without drawing it, and return how many bytes it was."""
        read = 0
        while True:
            try:
                read += len(self.child.read_nonblocking(65536, timeout=quiet))
            except pexpect.TIMEOUT:
                return read


def test_who_is_told_to_end_leaves_a_clean_terminal_and_keeps_the_session(tmp_path: Path) -> None:
    terminal = Terminal(home=tmp_path)
    terminal.settle()
    terminal.child.send(":break t == 20\r")
    terminal.settle()
    terminal.child.kill(SIGTERM)
    terminal.child.expect_exact("\x1b[?1049l")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 0
    assert any("t == 20" in file.read_text("utf-8") for file in tmp_path.rglob("*.json"))


def test_what_is_typed_at_once_goes_where_it_belongs() -> None:
    terminal = Terminal()
    terminal.settle()
    terminal.child.send(":break t == 20\r4gclll")
    assert "● 1 breakpoint  t 23 / 31" in terminal.settle()[0]
    terminal.child.send("bt == 25\rc")
    assert "● 2 breakpoints  t 25 / 31" in terminal.settle()[0]
    assert terminal.ends() == 0


def test_a_breakpoint_an_edit_and_the_difference_it_makes() -> None:
    terminal = Terminal()
    terminal.settle()
    terminal.child.send("bh_t[1] changes sign\r")
    assert "● 1 breakpoint  t 0 / 31" in terminal.settle()[0]
    terminal.child.send("c")
    assert any("t 7: breakpoint 1" in line for line in terminal.settle())
    terminal.child.send("r-1\r")
    shown = terminal.settle()
    assert "fork 1 of 1" in shown[0]
    assert any("set rnn/h_t[1] = -1 at 7: differs in hₜ from t 7, peak" in line for line in shown)
    assert any(line.startswith("│Δ") and "█" in line for line in shown)
    assert any("◇" in line and "●" in line for line in shown)
    terminal.child.send("u")
    assert "fork 0 of 1" in terminal.settle()[0]
    assert terminal.ends() == 0


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
    keys = ["h", "j", "k", "l", "g", "G", "J", "K", "d", "s", "m", "[", "]", "z", "v", "x", " "]
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


def test_a_screen_that_fails_fails_the_command() -> None:
    code = (
        "from rnnstep.tui.shows import Shows\n"
        "Shows.do_mode = lambda *_: 1 / 0\n"
        "from rnnstep.cli import main\n"
        f"main([{str(SAMPLE)!r}])"
    )
    terminal = Terminal("-c", code)
    terminal.settle()
    terminal.child.send("d")
    terminal.child.expect(pexpect.EOF)
    left = terminal.child.before or b""
    terminal.child.close()
    assert terminal.child.exitstatus == 1
    assert b"\x1b[?1049l" in left
    assert b"ZeroDivisionError" in left


def test_what_is_no_number_leaves_the_screen_and_a_clean_exit() -> None:
    terminal = Terminal()
    terminal.settle()
    for text, said in (("+-5", "no command '+-5'"), ("step --3", "a whole number, not '--3'")):
        terminal.child.send(":")
        terminal.settle(quiet=0.3)
        terminal.child.send(f"{text}\r")
        shown = terminal.settle()
        assert any(said in line for line in shown)
        assert any("t 0 / 31" in line for line in shown)
    terminal.child.send("q")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 0


def test_a_breakpoint_is_set_continued_to_and_printed_at() -> None:
    terminal = Terminal()
    terminal.settle()

    def command(text: str) -> list[str]:
        terminal.child.send(":")
        terminal.settle(quiet=0.3)
        terminal.child.send(f"{text}\r")
        return terminal.settle(quiet=0.3)

    assert any(
        "breakpoint 1: h_t[1] changes sign" in line for line in command("break h_t[1] changes sign")
    )
    assert any("t 7 / 31" in line for line in command("continue"))
    assert any("h_t[1] = +0.858388" in line for line in command("pri\th_t[1]"))
    terminal.child.send(":")
    terminal.settle(quiet=0.3)
    terminal.child.send("\x1b[A\x1b[A\x1b[A")
    assert any(":break h_t[1] changes sign" in line for line in terminal.settle(quiet=0.3))
    terminal.child.send("\x1b")
    terminal.settle(quiet=0.3)
    terminal.child.send("q")
    terminal.child.expect(pexpect.EOF)
    left = terminal.child.before or b""
    terminal.child.close()
    assert terminal.child.exitstatus == 0
    assert b"\x1b[?1049l" in left


def test_a_sample_takes_the_options_of_a_sequence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["demo", "uwv", "--sample", "3"])
    assert left.value.code == 2
    assert "--sample picks from a batch" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["demo", "addition", "--dtype", "float64"])
    assert left.value.code == 0
    assert "t 0" in capsys.readouterr().out


def test_print_says_how_many_timesteps_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["print", "--help"])
    assert "default: the first 10" in capsys.readouterr().out

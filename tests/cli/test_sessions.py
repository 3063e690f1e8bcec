"""Leaving and coming back in a real terminal, and the configuration that a start reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnnstep.cli import main
from tests.cli.test_terminal import SAMPLE, Terminal

RUN = ("-m", "rnnstep", str(SAMPLE))


def left_with(*keys: str, home: Path, command: tuple[str, ...] = RUN) -> list[str]:
    """The screen at the start, after which the keys were pressed and the program was left."""
    terminal = Terminal(*command, home=home)
    before = terminal.settle()
    for key in keys:
        terminal.child.send(key)
        terminal.settle(quiet=0.3)
    assert terminal.ends() == 0
    assert b"Traceback" not in (terminal.child.before or b"")
    return before


def files(home: Path) -> list[Path]:
    return sorted(path for path in home.rglob("*") if path.is_file())


def test_a_session_comes_back_at_the_next_start(tmp_path: Path) -> None:
    keys = ("12g", ":", "break t == 20\r", "M", "a carry\r", "d")
    assert any("t 0 / 31" in line for line in left_with(*keys, home=tmp_path))
    (path,) = files(tmp_path)
    assert path.parent == tmp_path / "rnnstep" / "sessions"
    document = json.loads(path.read_text("utf-8"))
    assert document["sequence"] == str(SAMPLE)
    assert document["weights"] == str(SAMPLE.with_name("seq.weights.npz"))
    assert [known["condition"] for known in document["breakpoints"]] == ["t == 20"]
    assert [known["note"] for known in document["bookmarks"]] == ["a carry"]
    assert document["view"] == {"mode": "numbers"}
    again = left_with(home=tmp_path)
    assert any("● 1 breakpoint  t 12 / 31" in line for line in again)
    assert any("●" in line and "◆" in line for line in again)
    clean = left_with(home=tmp_path, command=(*RUN, "--no-session"))
    assert any("t 0 / 31" in line for line in clean)
    assert json.loads(path.read_text("utf-8")) == document


def test_nothing_is_written_of_a_look(tmp_path: Path) -> None:
    left_with("l", "h", home=tmp_path)
    left_with("l", "l", home=tmp_path, command=(*RUN, "--no-session"))
    assert files(tmp_path) == []


def test_a_file_of_ones_own_that_is_damaged_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "my.json"
    path.write_bytes(b"{damaged")
    command = (*RUN, "--session", str(path))
    assert any("is damaged" in line for line in left_with("3g", home=tmp_path, command=command))
    assert (tmp_path / "my.json.bak").read_bytes() == b"{damaged"
    assert any("t 3 / 31" in line for line in left_with(home=tmp_path, command=command))
    assert files(tmp_path) == [path, tmp_path / "my.json.bak"]


def test_a_file_that_cannot_be_written_is_said_at_the_start_and_the_end(tmp_path: Path) -> None:
    path = tmp_path / "none" / "my.json"
    terminal = Terminal(*RUN, "--session", str(path), home=tmp_path)
    assert any("the session cannot be saved" in line for line in terminal.settle())
    terminal.child.send("l")
    terminal.settle(quiet=0.3)
    assert terminal.ends() == 0
    told = b" ".join((terminal.child.before or b"").split())
    assert b"rnnstep: the session is not saved: " in told
    assert b"No such file or directory" in told


def test_a_configuration_is_read_at_the_start(tmp_path: Path) -> None:
    config = tmp_path / "rnnstep" / "config.toml"
    config.parent.mkdir()
    config.write_text('startup = ["goto 5", "break nan"]\n[keys]\nquit = "F12"\nstep = ["n"]\n')
    terminal = Terminal(home=tmp_path)
    assert any("● 1 breakpoint  t 5 / 31" in line for line in terminal.settle())
    terminal.child.send("n")
    shown = terminal.settle()
    assert any("t 6 / 31" in line for line in shown)
    assert " F12 quit" in shown[-1]
    terminal.child.send("\x1b[24~")
    terminal.child.expect_exact("\x1b[?1049l")
    terminal.child.close()


def test_a_mistake_in_the_configuration_is_one_line(tmp_path: Path) -> None:
    config = tmp_path / "rnnstep" / "config.toml"
    config.parent.mkdir()
    config.write_text('[view]\nmode = "heatmapp"\n')
    terminal = Terminal(home=tmp_path)
    terminal.child.expect_exact("did you mean 'heatmap'?")
    told = (terminal.child.before or b"").decode()
    terminal.child.wait()
    assert "config.toml:2: view.mode: no mode 'heatmapp'" in " ".join(told.split())
    assert terminal.child.exitstatus == 2


def test_plain_text_neither_reads_nor_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    config = tmp_path / "config.toml"
    config.write_text("damaged")
    monkeypatch.setenv("RNNSTEP_CONFIG", str(config))
    path = tmp_path / "session.json"
    path.write_text("damaged")
    before = files(tmp_path)
    for tokens in (
        [str(SAMPLE), "--session", str(path)],
        ["print", str(SAMPLE)],
        ["demo", "addition", "--session", str(path)],
        ["trace", str(SAMPLE), "-o", str(tmp_path / "out.json")],
    ):
        with pytest.raises(SystemExit) as left:
            main(tokens)
        assert left.value.code == 0
        assert "damaged" not in "".join(capsys.readouterr())
    assert files(tmp_path) == sorted([*before, tmp_path / "out.json"])
    assert path.read_text() == "damaged"

"""rnnstep check: exit codes, what is written, and mistakes told in a line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from rnnstep import open_session
from tests.cli.test_command import ADDITION, complaint, run


@pytest.fixture
def right(tmp_path: Path) -> Path:
    path = tmp_path / "h.npy"
    np.save(path, open_session(ADDITION).trace.series("rnn/h_t"))
    return path


@pytest.fixture
def transposed(tmp_path: Path) -> Path:
    """What a port with a transposed recurrent kernel gives."""
    with np.load(Path(ADDITION).with_name("seq.weights.npz")) as file:
        w = {name: file[name] for name in file.files}
    h, rows = np.zeros(5, np.float32), []
    for x in np.load(ADDITION):
        h = np.tanh(w["rnn/Wx"] @ x + w["rnn/Wh"].T @ h + w["rnn/b"])
        rows.append(h)
    np.save(tmp_path / "port.npy", rows)
    return tmp_path / "port.npy"


def test_a_right_port_exits_with_0(right: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", ADDITION, "--expect", str(right)) == 0
    assert "PASS: the largest error is 0" in capsys.readouterr().out


def test_a_wrong_port_exits_with_1_and_is_explained(
    transposed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "report.xml"
    assert run("check", ADDITION, "--expect", str(transposed), "--json", "--junit", str(suite)) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["first_divergence"]["t"] == 1
    (found,) = data["diagnosis"]["explanations"]
    assert found["changes"] == ["the recurrent kernel of rnn is transposed"]
    assert ElementTree.parse(suite).getroot().get("failures") == "1"


def test_two_mistakes_are_solved_and_the_weights_written(
    transposed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with np.load(Path(ADDITION).with_name("seq.weights.npz")) as file:
        w = {name: file[name] for name in file.files}
    h, rows = np.zeros(5, np.float32), []
    for x in np.load(ADDITION):
        h = np.tanh(w["rnn/Wx"] @ x + w["rnn/Wh"].T @ h + 2 * w["rnn/b"])
        rows.append(h)
    np.save(transposed, rows)
    assert run("check", ADDITION, "--expect", str(transposed)) == 1
    told = capsys.readouterr().out
    assert "--solve tries up to three together\n  closest: " in told
    assert "␊" not in told
    fixed = tmp_path / "fixed.npz"
    assert (
        run("check", ADDITION, "--expect", str(transposed), "--solve", "--write", str(fixed)) == 1
    )
    told = capsys.readouterr().out
    assert "EXPLAINED" in told
    assert "transposed" in told
    assert "added twice" in told
    assert run("check", ADDITION, "--expect", str(transposed), "--weights", str(fixed)) == 0


def test_another_model_is_a_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = Path(ADDITION).with_name("seq.weights.npz")
    with np.load(beside) as file:
        w = {name: file[name] for name in file.files}
    w["rnn/b"] = w["rnn/b"] + np.float32(0.5)
    np.savez(tmp_path / "other.npz", **w)
    assert run("check", ADDITION, "--against", str(beside)) == 0
    assert run("check", ADDITION, "--against", str(tmp_path / "other.npz")) == 1
    assert "first wrong at t = 0: rnn/a[" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--expect FILE, or --against WEIGHTS"),
        (["--expect", "{right}", "--against", "{right}"], "--expect FILE, or --against WEIGHTS"),
        (["--expect", "nothing.npy"], "no such file"),
        (["--expect", "{right}", "--map", "h"], "write THEIRS=OURS"),
        (["--expect", "{right}", "--map", "a=b"], "has no 'a'"),
        (["--expect", "{right}", "--at", "x"], "write START:STOP"),
        (["--expect", "{right}", "--at", "0:5"], "has 32 rows, --at says 0:5"),
        (["--expect", "{right}", "--value", "h"], "no value 'h'"),
        (["--expect", "{right}", "--atol", "-1"], "--atol -1"),
        (["--expect", "{right}", "--write", "w.npz"], "all is as expected"),
    ],
)
def test_mistakes_are_told_in_a_line(
    right: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    said = [option.replace("{right}", str(right)) for option in options]
    assert told in complaint(capsys, "check", ADDITION, *said)

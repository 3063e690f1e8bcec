"""The command without a screen: what it prints and writes, and its one line for bad input."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rnnstep.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"
ADDITION = str(SAMPLES / "seq.npy")


def run(*tokens: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(tokens)
    return int(exit_.value.code or 0)


def complaint(capsys: pytest.CaptureFixture[str], *tokens: str) -> str:
    """The one line that the command says to bad input."""
    assert run(*tokens) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("rnnstep: error: ")
    assert said.err.count("\n") == 1
    return said.err


def test_print_shows_equations_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("print", ADDITION, "--steps", "5:6") == 0
    said = capsys.readouterr().out
    assert "t 5 / 31  2^5" in said
    assert "Wh·hₜ₋₁ = Wh @ hₜ₋₁      (5)  +0.998 −0.545 −0.691 +1.020 −1.865" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("steps", "rest", "following"),
    [("0:5", "27 more timesteps", "5:15"), ("3:25", "7 more timesteps", "25:32")],
)
def test_what_prints_the_timesteps_that_follow_is_told(
    capsys: pytest.CaptureFixture[str], steps: str, rest: str, following: str
) -> None:
    assert run("print", ADDITION, "--steps", steps) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"… {rest}: rnnstep print {ADDITION} --steps {following}"


def test_the_command_that_is_told_can_be_pasted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "my $seq.npy", np.arange(44).reshape(2, 11, 2))
    options = ["--weights", str(SAMPLES / "seq.weights.npz"), "--sample", "1", "--dtype", "float64"]
    options += ["--activation", "relu", "--layer", "output"]
    assert run("print", str(tmp_path / "my $seq.npy"), *options) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    told, _, command = last.partition(": ")
    assert told == "… 1 more timestep"
    program, *tokens = shlex.split(command)
    assert program == "rnnstep"
    assert run(*tokens) == 0
    said = capsys.readouterr().out
    assert "\nt 10 / 10\n" in said
    assert re.search(r"xₜ +\(2\)  \+42\.0+ \+43\.0+\n", said)
    assert "sample 1 of 2" in said
    assert "SimpleRNN 2→5 relu" in said
    assert "more timestep" not in said


@pytest.mark.parametrize("name", ["addition", "brackets", "text", "mlp", "question", "uwv"])
def test_every_demo_prints(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run("demo", name) == 0
    assert "t 0 / " in capsys.readouterr().out


def test_the_question_is_answered_as_keras_does(tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    assert run("trace", str(SAMPLES / "question" / "seq.npy"), "-o", str(out)) == 0
    expected = np.load(SAMPLES / "question" / "expected.npy")
    with np.load(out) as written:
        assert written["h_t"].shape == (250, 100)
        np.testing.assert_allclose(written["h_t"][-1], expected, rtol=0, atol=1e-6)


def test_the_four_formats_hold_the_same(tmp_path: Path) -> None:
    for ending in ("npz", "safetensors", "json", "csv"):
        assert run("trace", ADDITION, "-o", str(tmp_path / f"out.{ending}")) == 0
    with np.load(tmp_path / "out.npz") as archive:
        h = archive["rnn/h_t"]
        assert archive["initial/rnn/h_t"].tolist() == [0.0] * 5
    np.testing.assert_array_equal(load_file(tmp_path / "out.safetensors")["rnn/h_t"], h)
    assert json.loads((tmp_path / "out.json").read_text())["rnn/h_t"] == h.tolist()
    lines = (tmp_path / "out.csv").read_text().splitlines()
    names = lines[0].split(",")
    assert lines[1].startswith("-1,")
    assert float(lines[7].split(",")[names.index("rnn/h_t[3]")]) == h[5, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "out.csv",
        "out.json",
        "out.npz",
        "out.safetensors",
    ]


def test_nan_is_written_plainly(tmp_path: Path) -> None:
    xs = np.load(ADDITION)
    xs[2, 0] = np.nan
    np.save(tmp_path / "seq.npy", xs)
    weights = str(SAMPLES / "seq.weights.npz")
    out = tmp_path / "out.json"
    assert run("trace", str(tmp_path / "seq.npy"), "--weights", weights, "-o", str(out)) == 0
    written = json.loads(out.read_text())
    assert written["rnn/x_t"][2] == ["NaN", 1.0]
    assert written["rnn/h_t"][2] == ["NaN"] * 5


def test_an_output_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "cannot be written" in complaint(
        capsys, "trace", ADDITION, "-o", str(tmp_path / "no" / "out.npz")
    )
    (tmp_path / "folder.npz").mkdir()
    assert "is a folder" in complaint(capsys, "trace", ADDITION, "-o", str(tmp_path / "folder.npz"))


BAD: dict[str, Callable[[Path], object]] = {
    "no such file": lambda path: path,
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(Path(ADDITION).read_bytes()[:150]),
    "not an npy": lambda path: path.write_bytes(b"hello, world"),
    "folder": lambda path: path.mkdir(),
    "objects": lambda path: np.save(path, np.array([{}, 1], object)),
    "records": lambda path: np.save(path, np.zeros(3, [("a", "f4")])),
    "complex": lambda path: np.save(path, np.zeros((3, 2), complex)),
    "text": lambda path: np.save(path, np.array(["a", "b"])),
    "0 timesteps": lambda path: np.save(path, np.zeros((0, 2))),
    "0 features": lambda path: np.save(path, np.zeros((3, 0))),
    "4 axes": lambda path: np.save(path, np.zeros((1, 2, 3, 4))),
    "transpose": lambda path: np.save(path, np.zeros((2, 9))),
}


@pytest.mark.parametrize("said", BAD)
def test_a_bad_sequence(tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str) -> None:
    path = tmp_path / "seq.npy"
    BAD[said](path)
    weights = str(SAMPLES / "seq.weights.npz")
    line = complaint(capsys, "print", str(path), "--weights", weights)
    assert said in line
    assert "seq" in line


@pytest.mark.parametrize(
    "tokens",
    [
        ["print", ADDITION, "--steps", "x"],
        ["print", ADDITION, "--steps", "40:50"],
        ["print", ADDITION, "--cell", "Nope"],
        ["print", ADDITION, "--layer", "nope"],
        ["print", ADDITION, "--dtype", "int8"],
        ["print", ADDITION, "--activation", "nope"],
        ["print", ADDITION, "--sample", "1"],
        ["print", ADDITION, "--weights", "nope.npz"],
        ["trace", ADDITION],
        ["trace", ADDITION, "-o", "out.xyz"],
        ["demo", "nope"],
        ["print", ADDITION, "--nope"],
    ],
)
def test_a_bad_option(capsys: pytest.CaptureFixture[str], tokens: list[str]) -> None:
    complaint(capsys, *tokens)


def test_a_mistake_in_a_cell_file_is_pointed_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cell.txt"
    path.write_text("input x_t: input\nweight W: hidden, input\nh = W @ x_y\n")
    assert run("print", ADDITION, "--cell", str(path)) == 2
    said = capsys.readouterr().err
    assert f"{path}:3:9: unknown name 'x_y'" in said
    assert said.endswith("h = W @ x_y\n          ^\n")


def test_help_needs_no_numpy_and_no_textual() -> None:
    code = (
        "import sys\nfrom rnnstep.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'textual'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m rnnstep print {ADDITION} --steps 0:32 | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("rnnstep")
    assert done.stderr == ""

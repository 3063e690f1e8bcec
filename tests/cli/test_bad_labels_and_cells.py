"""Labels and cell files with mistakes: one line, with the place."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from rnnstep import InputError
from rnnstep.labels import Labels
from tests.cli.bad import (
    WEIGHTS,
    Capture,
    refused,
    refused_sequence,
)
from tests.cli.test_command import ADDITION, complaint, run


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "expected an object"),
        (b'{"unit": []}', "unknown key 'unit'; did you mean 'units'?"),
        (b'{"units": "abc"}', "'units' is not a list of strings"),
        (b'{"units": [1]}', "'units' is not a list of strings"),
        (b'{"title": ["a"]}', "'title' is not a string"),
    ],
)
def test_a_labels_file_that_is_damaged(
    tmp_path: Path, capsys: Capture, text: bytes, told: str
) -> None:
    (tmp_path / "seq.npy").write_bytes(Path(ADDITION).read_bytes())
    (tmp_path / "seq.labels.json").write_bytes(text)
    line = refused_sequence(capsys, tmp_path / "seq.npy")
    assert str(tmp_path / "seq.labels.json") in line
    assert told in line


@pytest.mark.parametrize("text", [b"", b'{"units": ["only one"], "timesteps": []}'])
def test_too_few_labels_are_no_mistake(tmp_path: Path, capsys: Capture, text: bytes) -> None:
    (tmp_path / "seq.npy").write_bytes(Path(ADDITION).read_bytes())
    if text:
        (tmp_path / "seq.labels.json").write_bytes(text)
    assert run("print", str(tmp_path / "seq.npy"), "--weights", WEIGHTS, "--steps", "3") == 0
    assert "\nt 3 / 31\n" in capsys.readouterr().out


HEAD = "input x_t: input\nweight W: hidden, input\n"
STATE = "state h_prev: hidden\n"


@pytest.mark.parametrize(
    ("listing", "place", "told"),
    [
        ("", "1:1", "declares no input"),
        ("h = 1\n", "1:1", "declares no input"),
        (HEAD, "2:1", "has no equations: none follows this line"),
        (HEAD + "\n# the end\n", "2:1", "has no equations: none follows this line"),
        ("input x_t input\n", "1:7", "expected 'input name: axis, axis'"),
        (HEAD + "  what is this\n", "3:3", "expected 'name = expression'"),
        (HEAD + "input z_t: input\n", "3:7", "a cell has one input"),
        (HEAD + "weight W: hidden\n", "3:8", "'W' is already defined in line 2"),
        (HEAD + "weight tanh: hidden\n", "3:8", "is the name of a function"),
        (HEAD + "weight b: hidden = x\n", "3:20", "only a weight has a default"),
        (HEAD + "state h: hidden\n", "3:7", "a state's name ends in _prev"),
        (HEAD + "option activation = tan\n", "3:8", "unknown activation 'tan'; did you mean"),
        (HEAD + "h = W @ x_t\nh = 1\n", "4:1", "'h' is already defined in line 3"),
        (HEAD + "h = tahn(W @ x_t)\n", "3:5", "unknown function 'tahn'"),
        (HEAD + "h = W.T @ x_t\n", "3:5", "attributes"),
        (HEAD + "h = __import__('os')\n", "3:5", "unknown function"),
        (HEAD + "h = x_t @ W\n", "3:5", "inner axes of '@' differ"),
        (HEAD + "h = W @ x_t + x_t\n", "3:5", "axes"),
        (HEAD + "h = W @ (W @ x_t)\n", "3:10", "two matrix products in one line"),
        (HEAD + "h = tanh(W @ x_t\n", "3:9", "was never closed"),
        (HEAD + "a = h + 1\nh = W @ x_t\n", "3:5", "'h' is used before it is defined: line 4"),
        (HEAD + "h = k * (W @ x_t)\nweight k: hidden\n", "3:5", "'k' is used before it is defined"),
        (HEAD + "h = h * (W @ x_t)\n", "3:5", "'h' is used before it is defined: line 3"),
        (HEAD + "weight Z: 3, input\n", "3:11", "an axis is a name, such as hidden, not '3'"),
        (HEAD + "weight Z: hidden,  4b\n", "3:20", "an axis is a name, such as hidden, not '4b'"),
        (HEAD + "weight Z: scalar, hidden\n", "3:11", "'scalar' is no axis: it stands alone"),
        (HEAD + "weight Z: hidden, scalar\n", "3:19", "'scalar' is no axis: it stands alone"),
        (HEAD + "option f = tanh\nh = W @ x_t\n", "3:1", "option 'f' is declared but never used"),
        (HEAD + "weight b: hidden = nan\n", "3:20", "a default is a finite number"),
        (HEAD + "weight b: hidden = 1e400\n", "3:20", "a default is a finite number"),
        (HEAD + "weight b: hidden = -inf\n", "3:20", "a default is a finite number"),
        (HEAD + STATE + "a = W @ x_t + h_prev\n", "3:1", "no equation defines 'h_t'"),
        (HEAD + STATE + "h_t = norm(W @ x_t + h_prev)\n", "4:6", "a state keeps its shape"),
        (HEAD + "weight b: hidden\nh = W @ x_t\n", "3:1", "'b' is declared but never used"),
        (HEAD + "output y_t\nh = W @ x_t\n", "3:8", "no equation defines the output 'y_t'"),
    ],
)
def test_a_mistake_in_a_cell_file_is_told_with_its_place(
    tmp_path: Path, capsys: Capture, listing: str, place: str, told: str
) -> None:
    path = tmp_path / "cell.txt"
    path.write_text(listing)
    assert run("trace", ADDITION, "--cell", str(path), "-o", str(tmp_path / "out.npz")) == 2
    said = capsys.readouterr()
    assert said.out == ""
    first, text, caret = said.err.removesuffix("\n").split("\n")
    assert first.startswith(f"rnnstep: error: {path}:{place}: ")
    assert told in first
    line, column = map(int, place.split(":"))
    # what is nowhere has no line to be shown
    excerpt = "" if column == line == 1 else listing.splitlines()[line - 1]
    assert (text, caret) == (f"  {excerpt}", " " * (column + 1) + "^")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"\x93NUMPY\x01\x00\xff", "written in UTF-8"), (b"#" * 200_000, "at most 100000 bytes")],
)
def test_a_cell_file_that_is_no_listing(
    tmp_path: Path, capsys: Capture, data: bytes, told: str
) -> None:
    (tmp_path / "cell.txt").write_bytes(data)
    path = str(tmp_path / "cell.txt")
    assert told in refused(capsys, tmp_path, "print", ADDITION, "--cell", path)


def test_labels_that_are_a_folder(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "seq.npy").write_bytes(Path(ADDITION).read_bytes())
    (tmp_path / "seq.labels.json").mkdir()
    line = refused_sequence(capsys, tmp_path / "seq.npy")
    assert f"{tmp_path / 'seq.labels.json'}: is a folder" in line


def test_labels_take_the_memory_of_their_file(tmp_path: Path) -> None:
    (tmp_path / "seq.labels.json").write_text('{"units": ["carry"]}')
    tracemalloc.start()
    labels = Labels.read(tmp_path / "seq.labels.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert labels.units == ("carry",)
    assert peak < 2**20


def test_labels_that_are_too_large_are_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "seq.labels.json").open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(InputError, match="at most 50,000,000 bytes"):
        Labels.read(tmp_path / "seq.labels.json")


@pytest.mark.parametrize("cell", ["a" * 300, "a" * 300 + ".txt", "x.\0t", "x\0t"])
def test_a_cell_whose_name_no_file_has(capsys: Capture, cell: str) -> None:
    line = complaint(capsys, "print", ADDITION, "--cell", cell)
    assert "unknown cell" in line or "No such file" in line
    assert "\0" not in line

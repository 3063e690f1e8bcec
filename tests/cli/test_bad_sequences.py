"""Sequences that are damaged, hostile or of another form: one line and exit 2."""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.bad import (
    WEIGHTS,
    Capture,
    Patch,
    Touch,
    contents,
    npy_header,
    refused_sequence,
    refused_weights,
)
from tests.cli.test_command import ADDITION, complaint, run

# test_command.py has those that a few bytes of numpy make.


def test_a_sequence_whose_header_claims_terabytes(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "seq.npy").write_bytes(npy_header("<f8", (10**6, 10**6)) + bytes(64))
    line = refused_sequence(capsys, tmp_path / "seq.npy")
    assert "truncated: its header says 8,000,000,000,128 bytes, the file has 192" in line


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((), "has 0 axes, shape ()"),
        ((0,), "has 0 timesteps"),
        ((0, 4, 2), "a batch of 0 samples"),
        ((3, 0, 2), "has 0 timesteps"),
        ((5, 4, 0), "has 0 features"),
        ((9, 3), "3 features, but layer 'rnn' takes 2"),
    ],
)
def test_a_sequence_of_another_shape(
    tmp_path: Path, capsys: Capture, shape: tuple[int, ...], told: str
) -> None:
    np.save(tmp_path / "seq.npy", np.zeros(shape))
    assert told in refused_sequence(capsys, tmp_path / "seq.npy")


@pytest.mark.parametrize("dtype", ["S3", "M8[s]", "V4"])
def test_a_sequence_that_is_no_numbers(tmp_path: Path, capsys: Capture, dtype: str) -> None:
    np.save(tmp_path / "seq.npy", np.zeros((3, 2), dtype))
    assert "save real numbers, such as float32" in refused_sequence(capsys, tmp_path / "seq.npy")


@pytest.mark.parametrize("kind", ["seq.npy", "plain", "w.npz", "member"])
def test_a_pickle_is_refused_and_never_run(tmp_path: Path, capsys: Capture, kind: str) -> None:
    touched = tmp_path / "touched"
    array = np.array([Touch(touched)], object)
    path = tmp_path / ("seq.npy" if kind in ("seq.npy", "plain") else "w.npz")
    if kind in ("plain", "w.npz"):
        path.write_bytes(pickle.dumps(Touch(touched)))
    elif kind == "seq.npy":
        np.save(path, array, allow_pickle=True)
    else:
        np.savez(path, Wx=array)
    line = (refused_sequence if path.suffix == ".npy" else refused_weights)(capsys, path)
    assert ("not an np" if kind in ("plain", "w.npz") else "(a pickle)") in line
    assert not touched.exists()


@pytest.mark.parametrize("name", ["seq.npy", "w.npz", "w.safetensors", "cell.txt"])
def test_a_file_that_may_not_be_read(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(Path(ADDITION).read_bytes())
    opened = Path.open

    # what the system says to open(); mode 000 would not stop a test that root runs
    def forbidden(self: Path, *args: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **options)

    tokens = {"seq.npy": [str(path)], "cell.txt": [ADDITION, "--cell", str(path)]}
    rest = tokens.get(name, [ADDITION, "--weights", str(path)])
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", forbidden)
        line = complaint(capsys, "trace", *rest, "-o", str(tmp_path / "out.npz"))
    assert str(path) in line
    assert "Permission denied" in line
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "shape", [(10**30, 0), (2**62, 0, 2**62), (1,) * 70, (True, 2), (-1, 2), (2**61,)]
)
def test_a_header_with_a_shape_that_no_array_has(
    tmp_path: Path, capsys: Capture, shape: tuple[int, ...]
) -> None:
    (tmp_path / "seq.npy").write_bytes(npy_header("<f4", shape) + bytes(400))
    line = refused_sequence(capsys, tmp_path / "seq.npy")
    assert line.startswith(f"rnnstep: error: {tmp_path / 'seq.npy'}: damaged: its header says")


@pytest.mark.parametrize(
    ("descr", "shape", "code"), [("<a4", "(3, 2)", 2), ("<f4", "(3L, 2L)", 0), ("<f4", "(3L,)", 2)]
)
def test_what_numpy_warns_of_in_a_header_is_no_word_on_stderr(
    tmp_path: Path, capsys: Capture, descr: str, shape: str, code: int
) -> None:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text))
    (tmp_path / "seq.npy").write_bytes(start + text + bytes(24))
    # numpy's warnings are errors in a test
    assert run("print", str(tmp_path / "seq.npy"), "--weights", WEIGHTS) == code
    assert capsys.readouterr().err.count("\n") == (code == 2)


def test_features_that_do_not_fit_are_told_with_the_file(tmp_path: Path, capsys: Capture) -> None:
    np.save(tmp_path / "xs.npy", np.zeros((5, 3)))
    line = refused_sequence(capsys, tmp_path / "xs.npy")
    assert line.startswith(f"rnnstep: error: {tmp_path / 'xs.npy'}: the sequence has shape (5, 3)")


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors", "txt", "labels.json"])
def test_a_pipe_is_refused_at_once(tmp_path: Path, ending: str) -> None:
    pipe = tmp_path / f"seq.{ending}"
    os.mkfifo(pipe)
    tokens = {
        "npy": [str(pipe)],
        "txt": [ADDITION, "--cell", str(pipe)],
        "labels.json": [str(tmp_path / "seq.npy")],
    }.get(ending, [ADDITION, "--weights", str(pipe)])
    if ending == "labels.json":
        np.save(tmp_path / "seq.npy", np.zeros((3, 2)))
    command = [sys.executable, "-m", "rnnstep", "print", *tokens]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"rnnstep: error: {pipe}: is a pipe or a device")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "tokens",
    [
        ["print", ""],
        ["print", ADDITION, "--weights", ""],
        ["trace", ADDITION, "-o", ""],
    ],
)
def test_an_empty_name_is_called_empty(capsys: Capture, tokens: list[str]) -> None:
    assert complaint(capsys, *tokens) == "rnnstep: error: the name of a file is empty\n"


@pytest.mark.parametrize("length", [236, 240, 250])
def test_the_longest_names_are_opened(tmp_path: Path, capsys: Capture, length: int) -> None:
    """What would lie beside such a file has a name that is too long to be one."""
    path = tmp_path / ("n" * length + ".npy")
    np.save(path, np.zeros((3, 2)))
    assert run("print", str(path)) == 0
    assert "\nt 2 / 2\n" in capsys.readouterr().out

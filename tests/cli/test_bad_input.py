"""Bad, hostile and unusual input through the command: one line and exit 2, or the right numbers."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import rnnstep.export
from rnnstep import RnnstepError, open_session
from rnnstep.engine import advance
from tests.cli.test_command import ADDITION, SAMPLES, complaint, run

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
WEIGHTS = str(SAMPLES / "seq.weights.npz")
GOOD = {
    "Wx": np.arange(6).reshape(3, 2) / 8 - 0.25,
    "Wh": np.arange(9).reshape(3, 3) / 16 - 0.25,
    "b": np.array([0.5, -0.25, 0.125]),
}


def refused(capsys: Capture, folder: Path, *tokens: str) -> str:
    """The one line, after the check that the command left the folder as it was."""
    before = contents(folder)
    line = complaint(capsys, *tokens)
    assert "Traceback" not in line
    assert contents(folder) == before
    return line


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def refused_weights(capsys: Capture, path: Path, *options: str) -> str:
    out = str(path.with_name("out.npz"))
    line = refused(
        capsys, path.parent, "trace", ADDITION, "--weights", str(path), "-o", out, *options
    )
    assert line.startswith(f"rnnstep: error: {path}")
    return line


def refused_sequence(capsys: Capture, path: Path) -> str:
    out = str(path.with_name("out.npz"))
    return refused(capsys, path.parent, "trace", str(path), "--weights", WEIGHTS, "-o", out)


def npy_header(descr: str, shape: object) -> bytes:
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, fields)
    return header.getvalue()


def safetensors_bytes(header: object, data: bytes = bytes(60)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class Touch:
    """A pickle that leaves a file behind when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


# Sequences; test_command.py has those that a few bytes of numpy make.


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


# Weights.

SAFE = safetensors_bytes({"Wx": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]}})
FAR = {"Wx": {"dtype": "F32", "shape": [3, 5], "data_offsets": [10**12, 10**12 + 60]}}
LONG = {"Wx": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}}
BAD_WEIGHTS: dict[str, tuple[str, bytes, str]] = {
    "empty npz": ("w.npz", b"", "is empty (0 bytes)"),
    "truncated npz": ("w.npz", Path(WEIGHTS).read_bytes()[:-40], "not an npz file, or damaged"),
    "npz of wrong magic": ("w.npz", b"hello, world", "not an npz file, or damaged"),
    "npy called npz": ("w.npz", Path(ADDITION).read_bytes(), "not an npz file, or damaged"),
    "unknown ending": ("w.bin", b"hello, world", "known: .npz, .safetensors"),
    "empty safetensors": ("w.safetensors", b"", "is empty (0 bytes)"),
    "truncated safetensors": ("w.safetensors", SAFE[:-8], "not a safetensors file, or damaged"),
    "shorter than its length": ("w.safetensors", SAFE[:5], "header too small"),
    "huge header": ("w.safetensors", struct.pack("<Q", 2**63) + SAFE[8:], "header too large"),
    "long header": ("w.safetensors", struct.pack("<Q", 10**7) + SAFE[8:], "header length"),
    "no JSON": ("w.safetensors", safetensors_bytes(b"{Wx: 1}"), "JSON"),
    "offsets outside": ("w.safetensors", safetensors_bytes(FAR), "offset"),
    "terabytes": ("w.safetensors", safetensors_bytes(LONG), "not a safetensors file, or damaged"),
    "nothing in it": ("w.safetensors", safetensors_bytes({}, b""), "holds no arrays"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_a_weight_file_that_is_damaged(tmp_path: Path, capsys: Capture, case: str) -> None:
    name, data, told = BAD_WEIGHTS[case]
    (tmp_path / name).write_bytes(data)
    assert told in refused_weights(capsys, tmp_path / name)


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_a_weight_file_that_is_a_folder(tmp_path: Path, capsys: Capture, ending: str) -> None:
    (tmp_path / f"w.{ending}").mkdir()
    assert "is a folder" in refused_weights(capsys, tmp_path / f"w.{ending}")


def test_an_archive_that_would_unpack_to_far_more_is_refused_unread(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Wx.npy", npy_header("<f4", (20 * 2**20,)) + bytes(80 * 2**20))
    np.save(tmp_path / "seq.npy", np.zeros((3, 2)))
    tracemalloc.start()
    line = refused(capsys, tmp_path, "print", str(tmp_path / "seq.npy"), "--weights", str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "refused as a zip bomb" in line
    assert peak < 8 * 2**20


@pytest.mark.parametrize("descr", ["<f8", "|O", "<U4"])
def test_an_archive_whose_member_claims_terabytes(
    tmp_path: Path, capsys: Capture, descr: str
) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("Wx.npy", npy_header(descr, (10**6, 10**6)))
    line = refused_weights(capsys, tmp_path / "w.npz")
    assert "'Wx'" in line
    assert ("its header claims 8,000,000,000,000 bytes" in line) is (descr == "<f8")


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ({"Wx": None}, (), "no known cell has these weights: 'Wh' (3, 3), 'b' (3,)"),
        ({"Wh": None}, ("--cell", "SimpleRNN"), "'Wh' of SimpleRNN is missing; found: Wx, b"),
        (
            {"Wz": np.ones(3)},
            ("--cell", "SimpleRNN"),
            "SimpleRNN has no weight 'Wz'; known: Wh, Wx, b",
        ),
        ({"Wx": np.ones((4, 2))}, (), "'Wh' has shape (3, 3): axis 'hidden' is 3 here and 4 in"),
        ({"Wx": np.ones((2, 3))}, (), "the transpose of 'Wx' would fit"),
        ({"b": np.ones(4)}, (), "'b' has shape (4,): axis 'hidden' is 4 here and 3 in 'Wx'"),
        ({"Wh": np.ones(3)}, (), "'Wh' has shape (3,), but SimpleRNN takes (hidden, hidden)"),
        ({"b": np.ones(())}, (), "'b' has shape (), but SimpleRNN takes (hidden)"),
        ({"Wx": np.ones((3, 0))}, (), "its axis 'input' is empty"),
        ({"Wx": np.ones((3, 2), complex)}, (), "'Wx': holds complex numbers"),
        ({"Wx": np.ones((3, 2), "U1")}, (), "'Wx': holds text"),
        ({"Wx": np.ones((3, 2), "S1")}, (), "'Wx': holds bytes"),
        ({"Wx": np.ones((3, 2), [("a", "f4")])}, (), "'Wx': holds records"),
        ({"Wx": np.ones((3, 2), object)}, (), "'Wx': holds Python objects (a pickle)"),
    ],
)
def test_weights_that_do_not_fit(
    tmp_path: Path, capsys: Capture, change: dict[str, Any], options: tuple[str, ...], told: str
) -> None:
    arrays = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    np.savez(tmp_path / "w.npz", **arrays)
    assert told in refused_weights(capsys, tmp_path / "w.npz", *options)


def test_weights_for_another_number_of_features(tmp_path: Path, capsys: Capture) -> None:
    weights: dict[str, Any] = {**GOOD, "Wx": np.ones((3, 7))}
    np.savez(tmp_path / "w.npz", **weights)
    line = complaint(capsys, "print", ADDITION, "--weights", str(tmp_path / "w.npz"))
    assert "shape (32, 2): 2 features, but layer 'simple_rnn' takes 7" in line


def test_a_weight_that_the_described_layers_leave_over_is_said(
    tmp_path: Path, capsys: Capture
) -> None:
    with np.load(WEIGHTS) as archive:
        arrays: dict[str, Any] = {**archive, "stray": np.ones(2)}
    np.savez(tmp_path / "w.npz", **arrays)
    assert run("print", ADDITION, "--weights", str(tmp_path / "w.npz")) == 0
    assert "\n! not used from w.npz: stray\n" in capsys.readouterr().out


# What is unusual and accepted.


def test_values_that_are_not_finite_are_said_and_marked(tmp_path: Path, capsys: Capture) -> None:
    xs = np.zeros((4, 2), np.float32)
    xs[1], xs[2, 1] = (np.nan, np.inf), -np.inf
    np.save(tmp_path / "seq.npy", xs)
    weights: dict[str, Any] = {**GOOD, "b": np.array([0.5, np.nan, np.inf])}
    np.savez(tmp_path / "seq.weights.npz", **weights)
    assert run("print", str(tmp_path / "seq.npy")) == 0
    said = capsys.readouterr()
    assert "\n! input holds 3 NaN or infinite values, first at t = 1, feature 0\n" in said.out
    assert "\n! weight 'b' holds 2 NaN or infinite values\n" in said.out
    lines = [line.split() for line in said.out.splitlines()]
    shown = [line[2:] for line in lines if line[:1] == ["xₜ"]]
    assert shown[1:3] == [["NaN", "+inf"], ["+0.000", "−inf"]]
    first = next(line for line in lines if line[:3] == ["hₜ", "=", "tanh(a)"])
    assert first[-3:] == ["+0.462", "NaN", "+1.000"]
    assert said.err == ""


UNUSUAL: dict[str, Callable[[Any], Any]] = {
    "big-endian": lambda a: a.astype(">f8"),
    "big-endian float32": lambda a: a.astype(">f4"),
    "Fortran order": np.asfortranarray,
    "float16": lambda a: a.astype(np.float16),
    "big-endian float16": lambda a: a.astype(">f2"),
    "every other": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "int8": lambda a: (a * 16).astype(np.int8),
    "big-endian int64": lambda a: (a * 16).astype(">i8"),
    "bool": lambda a: a > 0,
}


def hidden(folder: Path, xs: Any, weights: dict[str, Any], *options: str) -> Any:
    folder.mkdir()
    np.save(folder / "seq.npy", xs)
    np.savez(folder / "seq.weights.npz", **weights)
    out = folder / "out.npz"
    assert run("trace", str(folder / "seq.npy"), "-o", str(out), *options) == 0
    with np.load(out) as archive:
        assert archive["a"].dtype.isnative
        return archive["a"]


@pytest.mark.parametrize("kind", UNUSUAL)
def test_unusual_numbers_give_what_plain_ones_give(tmp_path: Path, kind: str) -> None:
    """Every number here is exact in float16, so the bits are those of the plain file."""
    change, xs = UNUSUAL[kind], np.arange(8).reshape(4, 2) / 4 - 1
    plain = {name: np.ascontiguousarray(change(w), "f8") for name, w in GOOD.items()}
    inputs = np.ascontiguousarray(change(xs), "f8")
    expected = hidden(tmp_path / "plain", inputs, plain, "--dtype", "float64")
    assert np.ptp(expected) > 0.1
    unusual = {name: change(w) for name, w in GOOD.items()}
    made = hidden(tmp_path / "both", change(xs), unusual, "--dtype", "float64")
    np.testing.assert_array_equal(made, expected)
    np.testing.assert_array_equal(
        hidden(tmp_path / "sequence", change(xs), plain, "--dtype", "float64"), expected
    )


def test_integer_weights_are_run_in_float32(tmp_path: Path) -> None:
    weights = {name: (value * 16).astype(int) for name, value in GOOD.items()}
    made = hidden(tmp_path / "ints", np.array([[3, -2]]), weights)
    assert made.dtype == np.float32
    by_hand = weights["Wx"] @ [3, -2] + weights["b"]
    assert made[0].tolist() == by_hand.tolist()


# Labels and cell files.


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
        (HEAD, "1:1", "has no equations"),
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
        (HEAD + "a = h + 1\nh = W @ x_t\n", "3:5", "unknown name 'h'"),
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


# The output.

ENDINGS = ["npz", "json", "csv", "safetensors"]


@pytest.mark.parametrize("name", ["out", "out.txt", "out.npz.bak"])
def test_an_output_of_unknown_ending(tmp_path: Path, capsys: Capture, name: str) -> None:
    line = refused(capsys, tmp_path, "trace", ADDITION, "-o", str(tmp_path / name))
    assert "unknown kind of output; known: .npz, .json, .csv, .safetensors" in line


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_that_may_not_be_written(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str
) -> None:
    opened = os.open

    # what the system says to a new file in a folder that is not ours; root may write anywhere
    def forbidden(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(tmp_path)):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *args, **options)

    out = tmp_path / f"out.{ending}"
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", forbidden)
        line = complaint(capsys, "trace", ADDITION, "-o", str(out))
    assert line == f"rnnstep: error: {out}: cannot be written: Permission denied\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_interrupted_export_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def interrupt(t: int) -> None:
        if t == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rnnstep.export.export(open_session(ADDITION).trace, out, interrupt)
    assert contents(tmp_path) == {str(out): b"old"}


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_half_written_export_leaves_the_old_file(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str, problem: BaseException
) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def half(_trace: object, temporary: Path, _progress: object) -> None:
        temporary.write_bytes(b"half")
        raise problem

    monkeypatch.setattr(rnnstep.export, "WRITERS", {f".{ending}": half})
    stopped = isinstance(problem, KeyboardInterrupt)
    assert run("trace", ADDITION, "-o", str(out)) == (130 if stopped else 2)
    said = capsys.readouterr()
    told = f"rnnstep: error: {out}: cannot be written: No space left on device\n"
    assert (said.out, said.err) == ("", "" if stopped else told)
    assert contents(tmp_path) == {str(out): b"old"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ctrl_c_while_the_engine_runs_ends_with_130(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def interrupted(model: Any, t: int, *rest: Any) -> Any:
        if t == 7:
            raise KeyboardInterrupt
        return advance(model, t, *rest)

    monkeypatch.setattr("rnnstep.sweep.advance", interrupted)
    assert run("trace", ADDITION, "-o", str(out)) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
    assert contents(tmp_path) == {str(out): b"old"}


# Random damage.


def damaged(whole: bytes, chosen: random.Random) -> bytes:
    """One byte is another, or the end is missing."""
    place = chosen.randrange(len(whole))
    if chosen.random() < 0.3:
        return whole[:place]
    wrong = (whole[place] + chosen.randrange(1, 256)) % 256
    return whole[:place] + bytes([wrong]) + whole[place + 1 :]


def safetensors_copy(path: Path) -> bytes:
    with np.load(WEIGHTS) as archive:
        arrays = {name: archive[name] for name in archive}
    model = str(arrays.pop("model"))
    save_file(arrays, path, {"model": model})
    assert load_file(path).keys() == arrays.keys()
    return path.read_bytes()


@pytest.mark.parametrize("name", ["seq.npy", "seq.weights.npz", "seq.weights.safetensors"])
def test_random_damage_is_refused_in_one_line_or_read(
    tmp_path: Path, capsys: Capture, name: str
) -> None:
    """100 a file; nothing but exit code 0 or 2, within a second and 8 MiB."""
    path, sequence = tmp_path / name, tmp_path / "seq.npy"
    sequence.write_bytes(Path(ADDITION).read_bytes())
    if name.endswith("safetensors"):
        whole = safetensors_copy(path)
    else:
        whole = (SAMPLES / name).read_bytes()
    weights = str(path) if path != sequence else WEIGHTS
    chosen, codes = random.Random(0), []
    for _ in range(100):
        path.write_bytes(damaged(whole, chosen))
        began = time.perf_counter()
        codes.append(run("print", str(sequence), "--weights", weights, "--steps", "0:3"))
        assert time.perf_counter() - began < 1
        said = capsys.readouterr()
        assert said.err.count("\n") == (codes[-1] == 2)
        assert said.err.startswith("rnnstep: error: ") == (codes[-1] == 2)
        assert bool(said.out) == (codes[-1] == 0)
        # apart, for what the command prints is not what a hostile header can ask for
        tracemalloc.start()
        try:
            open_session(sequence, weights=weights)
        except RnnstepError:
            assert codes[-1] == 2
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8 * 2**20
    assert set(codes) == {0, 2}

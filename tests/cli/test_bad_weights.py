"""Weight files that are damaged, hostile or do not fit: one line and exit 2."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.bad import (
    GOOD,
    WEIGHTS,
    Capture,
    refused_weights,
    safetensors_bytes,
)
from tests.cli.test_command import ADDITION, complaint, run

SAFE = safetensors_bytes({"Wx": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]}})
FAR = {"Wx": {"dtype": "F32", "shape": [3, 5], "data_offsets": [10**12, 10**12 + 60]}}
LONG = {"Wx": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}}
BAD_WEIGHTS: dict[str, tuple[str, bytes, str]] = {
    "empty npz": ("w.npz", b"", "is empty (0 bytes)"),
    "truncated npz": ("w.npz", Path(WEIGHTS).read_bytes()[:-40], "not an npz file, or damaged"),
    "npz of wrong magic": ("w.npz", b"hello, world", "not an npz file, or damaged"),
    "npy called npz": ("w.npz", Path(ADDITION).read_bytes(), "not an npz file, or damaged"),
    "unknown ending": ("w.xyz", b"hello, world", "known: .npz, .safetensors"),
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


NO_NUMBERS = {
    "C64": "holds complex numbers; save real numbers",
    "F8_E4M3": "holds F8_E4M3 numbers, which numpy has not; save float32",
    "F8_E5M2": "holds F8_E5M2 numbers, which numpy has not; save float32",
}


@pytest.mark.parametrize("dtype", NO_NUMBERS)
def test_safetensors_of_a_dtype_that_is_not_run(
    tmp_path: Path, capsys: Capture, dtype: str
) -> None:
    size = 64 if dtype == "C64" else 8
    entry = {"dtype": dtype, "shape": [4, 2], "data_offsets": [0, size]}
    (tmp_path / "w.safetensors").write_bytes(safetensors_bytes({"Wx": entry}, bytes(size)))
    line = refused_weights(capsys, tmp_path / "w.safetensors")
    assert f"w.safetensors: 'Wx': {NO_NUMBERS[dtype]}" in line


@pytest.mark.parametrize("shape", [[1] * 65, [2**62, 0, 2**62]])
def test_safetensors_of_a_shape_that_no_array_has(
    tmp_path: Path, capsys: Capture, shape: list[int]
) -> None:
    size = 4 * (0 not in shape)
    entry = {"dtype": "F32", "shape": shape, "data_offsets": [0, size]}
    (tmp_path / "w.safetensors").write_bytes(safetensors_bytes({"Wx": entry}, bytes(size)))
    assert "w.safetensors" in refused_weights(capsys, tmp_path / "w.safetensors")

"""Input that is unusual and accepted gives the right numbers; random damage is refused or read."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnstep import RnnstepError, open_session
from tests.cli.bad import (
    GOOD,
    WEIGHTS,
    Capture,
)
from tests.cli.test_command import ADDITION, SAMPLES, run


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

"""Large files are memory-mapped: what is opened is the header, and no number is read early."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnstep import InputError, Trace, load_model, load_sequence
from rnnstep.arrays import LOOKED_AT, MAPPED_FROM, is_mapped
from rnnstep.sequences import from_array
from rnnstep.weights.files import read_tensors
from tests.peak import SOURCE

Shapes = dict[str, tuple[int, ...]]
HIDDEN = 1024
LSTM: Shapes = {"weight_ih": (4 * HIDDEN, 8), "weight_hh": (4 * HIDDEN, HIDDEN)}


def sparse(path: Path, shapes: Shapes, kind: str = "F32", pad: int = 0) -> Path:
    """A safetensors file of zeros that takes no room on the disk; ``pad`` sets it askew."""
    header, at = {}, 0
    for name, shape in shapes.items():
        end = at + int(np.prod(shape)) * int(kind[1:]) // 8
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8 + pad)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    return path


def test_large_weights_are_parts_of_the_file(tmp_path: Path) -> None:
    path = sparse(tmp_path / "w.safetensors", LSTM)
    assert path.stat().st_size >= MAPPED_FROM
    (layer,) = load_model(path).layers
    assert is_mapped(layer.weights["Wh_i"])
    assert is_mapped(layer.weights["Wx_o"])


def test_small_weights_are_read_and_their_file_let_go(tmp_path: Path) -> None:
    path = sparse(tmp_path / "w.safetensors", {"Wx": (3, 2), "Wh": (3, 3)})
    (layer,) = load_model(path).layers
    path.write_bytes(b"")
    assert not any(map(is_mapped, layer.weights.values()))
    assert layer.weights["Wh"].tolist() == [[0.0] * 3] * 3


@pytest.mark.parametrize(("kind", "pad", "dtype"), [("F32", 0, "float64"), ("F32", 1, None)])
def test_what_cannot_be_run_as_it_lies_is_copied(
    tmp_path: Path, kind: str, pad: int, dtype: str | None
) -> None:
    path = sparse(tmp_path / "w.safetensors", LSTM, kind, pad)
    (layer,) = load_model(path, **({"dtype": dtype} if dtype else {})).layers
    weight = layer.weights["Wh_i"]
    assert not is_mapped(weight)
    assert (weight.dtype, weight.flags.aligned) == (np.dtype(dtype or "float32"), True)


def test_the_numbers_of_a_mapped_file_are_its_own(tmp_path: Path) -> None:
    path = sparse(tmp_path / "w.safetensors", LSTM)
    numbers = np.arange(8, dtype="<f4")
    with path.open("r+b") as file:
        start = 8 + struct.unpack("<Q", file.read(8))[0]
        file.seek(start + HIDDEN * 8 * 4)  # the first row of the second gate
        file.write(numbers.tobytes())
    (layer,) = load_model(path).layers
    assert layer.weights["Wx_f"][0].tolist() == numbers.tolist()
    assert not layer.weights["Wx_f"].flags.writeable


def test_an_array_that_its_owner_can_change_is_no_part_of_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 2)))
    assert is_mapped(np.load(tmp_path / "a.npy", mmap_mode="r")[1:])
    writable = np.load(tmp_path / "a.npy", mmap_mode="r+")
    view = writable[:]
    view.flags.writeable = False
    assert not is_mapped(view)
    assert not is_mapped(np.zeros(3))


def test_what_is_not_looked_at_is_said(tmp_path: Path) -> None:
    notes = " ".join(map(str, load_model(sparse(tmp_path / "w.safetensors", LSTM)).notes))
    assert "looked at for NaN in part, as they are large: weight_ih, weight_hh" not in notes
    assert "looked at for NaN in part, as they are large: weight_hh; in full: rnnstep" in notes


def test_a_nan_within_what_is_looked_at_is_found(tmp_path: Path) -> None:
    rows = np.zeros((LOOKED_AT // 2, 3), np.float32)
    rows[0, 0] = rows[-1, 0] = np.nan
    np.savez(tmp_path / "w.npz", **{"E": rows})  # type: ignore[arg-type]
    assert "'E' holds 1 NaN" in " ".join(map(str, load_model(tmp_path / "w.npz").notes))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = sparse(tmp_path / "w.safetensors", LSTM)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4)
    with pytest.raises(InputError, match="not a safetensors file, or damaged"):
        read_tensors(path)


def test_a_run_does_not_copy_its_input(tmp_path: Path) -> None:
    np.lib.format.open_memmap(tmp_path / "xs.npy", "w+", np.float64, (100_000, 8)).flush()
    xs = load_sequence(tmp_path / "xs.npy")
    trace = Trace(load_model(sparse(tmp_path / "w.safetensors", LSTM)), xs)
    assert is_mapped(trace.xs)
    assert np.shares_memory(trace.xs, xs)
    assert trace.frame(0)["x_t"].dtype == np.float32


PEAK = f"""
{SOURCE}
import sys, numpy, rnnstep
before = peak()
rnnstep.open_session(sys.argv[1], weights=sys.argv[2])
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_opening_a_quarter_of_a_gibibyte_takes_little_memory(tmp_path: Path) -> None:
    np.lib.format.open_memmap(tmp_path / "xs.npy", "w+", np.float32, (2**18, 256)).flush()
    shapes: Shapes = {"weight_ih": (4 * 4096, 256), "weight_hh": (4 * 4096, 4096)}
    weights = sparse(tmp_path / "w.safetensors", shapes)
    files = [str(tmp_path / "xs.npy"), str(weights)]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *files], check=True, capture_output=True, text=True
    )
    # both files are 256 MiB or more
    assert 0 < int(done.stdout) < 64 * 2**20


def test_how_far_a_long_sequence_is_looked_at_is_said() -> None:
    long = np.zeros((LOOKED_AT, 2), np.float32)
    long[0, 1] = np.nan
    first, second = from_array(long).notes
    assert str(first).startswith("input holds 1 NaN")
    assert str(second).endswith(f"in its first {LOOKED_AT // 2:,} timesteps alone")
    assert not from_array(long[1 : LOOKED_AT // 2]).notes

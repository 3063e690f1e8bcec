"""The safetensors reader: which numbers it reads, and in which order."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnstep import InputError, load_model
from rnnstep.weights.files import read_tensors

Entry = tuple[str, list[int], bytes]


def by_hand(path: Path, entries: dict[str, Entry], reverse: bool = False) -> Path:
    """A file whose data is in the order of ``entries``, its header's in that or the reverse."""
    header, data = {}, b""
    for name, (dtype, shape, raw) in entries.items():
        offsets = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += raw
    named = dict(reversed(header.items())) if reverse else header
    text = json.dumps(named).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def test_every_bfloat16_is_read_exactly(tmp_path: Path) -> None:
    bits = np.arange(2**16, dtype="<u2")
    entries: dict[str, Entry] = {
        "before": ("U8", [3], b"abc"),
        "W": ("BF16", [256, 256], bits.tobytes()),
    }
    tensors = read_tensors(by_hand(tmp_path / "w.safetensors", entries)).tensors
    assert tensors["W"].dtype == np.float32
    assert tensors["W"].shape == (256, 256)
    read = tensors["W"].reshape(-1)
    # the upper half of a float32 is the number; its lower half is zero
    np.testing.assert_array_equal(read.view(np.uint32), bits.astype(np.uint32) << 16)
    assert read[0x3F80] == 1.0
    assert read[0xC049] == -3.140625
    assert np.isinf(read[0x7F80])
    assert np.isnan(read[0x7FC0])


def test_a_model_of_bfloat16_is_run_in_float32(tmp_path: Path) -> None:
    one = struct.pack("<H", 0x3F80)
    entries: dict[str, Entry] = {
        "Wx": ("BF16", [3, 2], one * 6),
        "Wh": ("BF16", [3, 3], one * 9),
    }
    model = load_model(by_hand(tmp_path / "w.safetensors", entries))
    assert model.dtype == np.float32
    assert model.layers[0].weights["Wx"].tolist() == [[1.0, 1.0]] * 3


@pytest.mark.parametrize(
    "dtype", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]
)
def test_every_dtype_of_numpy_is_read(tmp_path: Path, dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    scalar = array[1, :1].reshape(())
    save_file({"one": array, "scalar": scalar, "none": array[:0]}, tmp_path / "w.safetensors")
    tensors = read_tensors(tmp_path / "w.safetensors").tensors
    assert {name: tensor.dtype for name, tensor in tensors.items()} == dict.fromkeys(
        ("one", "scalar", "none"), array.dtype
    )
    np.testing.assert_array_equal(tensors["one"], array)
    assert (tensors["scalar"].shape, tensors["none"].shape) == ((), (0, 3))
    assert tensors["scalar"] == scalar


@pytest.mark.parametrize("reverse", [False, True])
def test_layers_run_in_the_order_of_their_data(tmp_path: Path, reverse: bool) -> None:
    number = struct.pack("<f", 1.0)
    entries: dict[str, Entry] = {
        "rnn/Wx": ("F32", [3, 2], number * 6),
        "rnn/Wh": ("F32", [3, 3], number * 9),
        "head/W": ("F32", [1, 3], number * 3),
    }
    model = load_model(by_hand(tmp_path / "w.safetensors", entries, reverse))
    assert [layer.name for layer in model.layers] == ["rnn", "head"]


def test_what_the_library_has_sorted_is_in_the_order_of_names(tmp_path: Path) -> None:
    """It puts the wider dtypes first: that is no order of layers."""
    tensors: dict[str, Any] = {
        "b_head/W": np.ones((1, 3), np.float32),
        "a_rnn/Wh": np.eye(3, dtype=np.float16),
        "a_rnn/Wx": np.ones((3, 2), np.float16),
    }
    save_file(tensors, tmp_path / "w.safetensors")
    assert list(read_tensors(tmp_path / "w.safetensors").tensors) == sorted(tensors)


@pytest.mark.parametrize("kind", ["F8_E4M3", "F8_E5M2", "C64"])
def test_what_is_not_read_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    size = 16 if kind == "C64" else 2
    path = by_hand(tmp_path / "w.safetensors", {"Wx": (kind, [2], bytes(size))})
    with pytest.raises(InputError, match=r"'Wx': holds .* save (float32|real numbers)"):
        read_tensors(path)

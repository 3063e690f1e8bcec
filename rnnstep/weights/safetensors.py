"""The safetensors reader: a JSON header, checked by the format's own library, and raw bytes."""

from __future__ import annotations

import json
import math
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.arrays import check_numeric, check_shape, native, open_binary, open_bytes
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile
from rnnstep.weights.npz import CONFIG_NAME

_METADATA = "__metadata__"
_BF16 = "BF16"
_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    _BF16: "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
    "C64": "<c8",
}
"""numpy's dtype for each of the format's; F8 and smaller ones have none."""


def read(path: Path) -> TensorFile:
    """Open every array of a safetensors file, which is memory-mapped if it is large.

    bfloat16 becomes float32, exactly, and is therefore read.

    Raises:
        InputError: damaged, or a dtype that numpy does not have.
    """
    from safetensors import SafetensorError, safe_open

    with open_binary(path) as file:
        try:
            # looks at the header's length, at every name, shape and offset; reads no tensor
            with safe_open(path, framework="numpy"):
                pass
        except (SafetensorError, OSError, ValueError) as error:
            raise InputError(f"{path}: not a safetensors file, or damaged: {error}") from None
        length: int = struct.unpack("<Q", file.read(8))[0]
        header: dict[str, Any] = json.loads(file.read(length))
        whole = memoryview(open_bytes(file, os.fstat(file.fileno()).st_size))
        config = header.pop(_METADATA, None) or {}
        tensors = {
            name: _tensor(whole[8 + length :], header[name], f"{path}: '{name}'")
            for name in _order(header)
        }
    if not tensors:
        raise InputError(f"{path}: holds no arrays")
    return TensorFile(path, tensors, config.get(CONFIG_NAME, ""), ordered=not _sorted(header))


def _order(header: dict[str, Any]) -> list[str]:
    """The names in the order of their data; by name where the library has sorted them."""
    return sorted(header) if _sorted(header) else _by_data(header)


def _by_data(header: dict[str, Any]) -> list[str]:
    return sorted(header, key=lambda name: (header[name]["data_offsets"], name))


def _sorted(header: dict[str, Any]) -> bool:
    """Whether the order of the data is the library's own, which says nothing about layers."""
    names = _by_data(header)
    kinds = [header[name]["dtype"] for name in names]
    # it writes the large dtypes first, and sorts within each
    return names == sorted(names, key=lambda name: (kinds.index(header[name]["dtype"]), name))


def _tensor(data: memoryview, entry: dict[str, Any], where: str) -> Array:
    kind, shape = entry["dtype"], tuple(entry["shape"])
    if kind not in _DTYPES:
        raise InputError(f"{where}: holds {kind} numbers, which numpy has not; save float32")
    dtype = np.dtype(_DTYPES[kind])
    check_numeric(dtype, where)
    check_shape(shape, dtype, where)
    start, count = entry["data_offsets"][0], math.prod(shape)
    held = data[start : start + count * dtype.itemsize]
    if len(held) < count * dtype.itemsize:
        raise InputError(f"{where}: truncated while it was opened")
    array = np.frombuffer(held, dtype) if count else np.empty(0, dtype)
    if kind == _BF16:
        # the upper half of a float32
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return native(array).reshape(shape)

"""Arrays of an ONNX file: sizes checked first, external data only from beside the file."""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from rnnstep.arrays import open_binary
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.extras import need
from rnnstep.weights.onnx.graph import Node, printable

_BFLOAT16 = "bfloat16"
_FORMATS = {
    1: ("f4", "float_data"),
    2: ("u1", "int32_data"),
    3: ("i1", "int32_data"),
    4: ("u2", "int32_data"),
    5: ("i2", "int32_data"),
    6: ("i4", "int32_data"),
    7: ("i8", "int64_data"),
    9: ("u1", "int32_data"),
    10: ("f2", "int32_data"),
    11: ("f8", "double_data"),
    12: ("u4", "uint64_data"),
    13: ("u8", "uint64_data"),
    16: (_BFLOAT16, "int32_data"),
}
"""For each of ``TensorProto.DataType`` that is read: numpy's, and the field for it."""
_BITS = {"f2", _BFLOAT16}
_MOST_AXES = 16
_EXTERNAL = 1


def parse(path: Path) -> Any:
    """The file's protobuf message.

    Raises:
        InputError: damaged, no graph in it, or onnx is not installed.
    """
    open_binary(path).close()
    onnx = need("onnx", "onnx", path)
    protobuf = need("google.protobuf.message", "onnx", path)
    try:
        model = onnx.ModelProto.FromString(path.read_bytes())
    except (protobuf.DecodeError, UnicodeDecodeError, MemoryError, ValueError, OSError) as error:
        told = " ".join(str(error).split())
        raise InputError(f"{path}: not an ONNX file, or damaged: {told}") from None
    if not model.graph.node:
        raise InputError(f"{path}: not an ONNX file, or damaged: it has no graph with nodes")
    return model


class Store:
    """Reads the arrays of one file.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def constants(self, graph: Any) -> dict[str, Array]:
        """The arrays of a graph by name; those of a type that is not read are left out.

        Raises:
            InputError: damaged, or two have one name.
        """
        found: dict[str, Array] = {}
        seen: set[str] = set()
        for proto in graph.initializer:
            name = printable(proto.name)
            if name in seen:
                raise InputError(f"{self.path}: damaged: two tensors are called '{name}'")
            seen.add(name)
            array = self.array(proto, name)
            if array is not None:
                found[name] = array
        return found

    def constant_of(self, node: Node) -> Array | None:
        """What a ``Constant`` node gives, if it is an array that is read."""
        for name, value in node.attributes.items():
            if name == "value" and hasattr(value, "dims"):
                return self.array(value, next(iter(node.outputs), ""))
            if name in ("value_int", "value_ints"):
                return np.array(value, np.int64)
            if name in ("value_float", "value_floats"):
                return np.array(value, np.float32)
        return None

    def array(self, proto: Any, name: str) -> Array | None:
        """One array; ``None`` if its type is not read.

        Raises:
            InputError: its data is not of the size that its shape says.
        """
        if proto.data_type not in _FORMATS:
            return None
        kind, field = _FORMATS[proto.data_type]
        where = f"{self.path}: '{name}'"
        shape = tuple(proto.dims)
        if len(shape) > _MOST_AXES or min(shape, default=0) < 0:
            raise InputError(f"{where}: damaged: no array has the shape {shape[:_MOST_AXES]}")
        dtype = np.dtype("<u2" if kind == _BFLOAT16 else f"<{kind}")
        if proto.data_location == _EXTERNAL:
            flat = self._external(proto, math.prod(shape), dtype, where)
        elif proto.HasField("raw_data"):
            flat = _raw(proto.raw_data, dtype, where)
        else:
            flat = _typed(getattr(proto, field), kind, dtype)
        if flat.size != math.prod(shape):
            told = f"its shape says {math.prod(shape):,} numbers, it has {flat.size:,}"
            raise InputError(f"{where}: damaged or truncated: {told}")
        return _widened(flat, kind).reshape(shape) if flat.size else np.zeros(shape, np.float32)

    def _external(self, proto: Any, count: int, dtype: np.dtype[Any], where: str) -> Array:
        """Numbers from another file, which has to lie in this one's folder."""
        entries = {entry.key: entry.value for entry in proto.external_data}
        path = self._beside(entries.get("location", ""), where)
        offset = _number(entries.get("offset", "0"), where)
        needs, size = count * dtype.itemsize, path.stat().st_size
        length = _number(entries.get("length", str(needs)), where)
        if length != needs or offset + needs > size:
            told = f"needs {needs:,} bytes at {offset:,} of {path.name}, which has {size:,}"
            raise InputError(f"{where}: damaged or truncated: {told}")
        if not needs:
            return np.empty(0, dtype)
        try:
            return np.asarray(np.memmap(path, dtype, "r", offset, (count,)))
        except (OSError, ValueError) as error:
            raise InputError(f"{where}: {path} cannot be read: {error}") from None

    def _beside(self, location: str, where: str) -> Path:
        said = printable(location)[:200]
        windows, posix = PureWindowsPath(said), PurePosixPath(said)
        climbs = ".." in windows.parts or ".." in posix.parts
        absolute = windows.drive or windows.root or posix.is_absolute()
        if not said or climbs or absolute:
            raise InputError(f"{where}: refused: its data is outside the file's folder: '{said}'")
        folder = self.path.parent.resolve()
        try:
            path = (folder / posix).resolve()
        except (OSError, ValueError, RuntimeError):
            raise InputError(f"{where}: its data is in '{said}', which cannot be read") from None
        if not path.is_relative_to(folder):
            raise InputError(f"{where}: refused: '{said}' leads outside the file's folder")
        if not path.is_file():
            raise InputError(f"{where}: its data is in '{said}': no such file beside {self.path}")
        return path


def _raw(data: bytes, dtype: np.dtype[Any], where: str) -> Array:
    if len(data) % dtype.itemsize:
        raise InputError(f"{where}: damaged: {len(data)} bytes are not a whole number of {dtype}")
    return np.frombuffer(data, dtype)


def _typed(numbers: Any, kind: str, dtype: np.dtype[Any]) -> Array:
    if kind in _BITS:
        return np.array(numbers, np.int32).astype(np.uint16).view(dtype)
    wide = np.array(numbers, np.float64 if kind[0] == "f" else object)
    # numbers outside the type's range are cut as a C cast does
    return wide.astype(dtype) if kind[0] == "f" else _integers(wide, dtype)


def _integers(numbers: Array, dtype: np.dtype[Any]) -> Array:
    mask = (1 << (8 * dtype.itemsize)) - 1
    kept = np.array([int(number) & mask for number in numbers], np.uint64)
    return kept.astype(f"<u{dtype.itemsize}").view(dtype)


def _widened(array: Array, kind: str) -> Array:
    """The numbers in a type that numpy has: bfloat16 is the upper half of float32."""
    if kind == _BFLOAT16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _number(text: str, where: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputError(f"{where}: damaged: '{printable(text)[:40]}' is no place in a file")
    return int(text)

"""Arrays from npy data, checked before anything is allocated; pickles are refused."""

from __future__ import annotations

import math
import mmap
import stat
import sys
import warnings
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any, Literal

import numpy as np
from numpy.lib import format as npy

from rnnstep.equations import Array
from rnnstep.errors import InputError

LOOKED_AT = 500_000
"""Numbers of a file that are looked at when it is opened; the others when they are needed."""
MAPPED_FROM = 16 * 2**20
"""Bytes from which weights are memory-mapped: what is smaller is read, and the file let go."""

MAGIC = b"\x93NUMPY"
_DAMAGED = (
    ValueError,
    SyntaxError,
    TokenError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
    MemoryError,
    EOFError,
)
"""What numpy's reader ends in, depending on which byte of a header is wrong."""
_MOST_AXES = 64
"""numpy's own limit."""
_KINDS = {"O": "Python objects (a pickle)", "V": "records", "c": "complex numbers", "S": "bytes"}


def read_npy(path: Path) -> Array:
    """Open an npy file, memory-mapped and read-only.

    Raises:
        InputError: missing, truncated, not an npy file, or not real numbers.
    """
    with open_binary(path) as file:
        size = path.stat().st_size
        dtype, shape, fortran = read_header(file, str(path))
        check_numeric(dtype, str(path))
        begins = file.tell()
        needs = begins + math.prod(shape) * dtype.itemsize
        if size < needs:
            raise InputError(
                f"{path}: truncated: its header says {needs:,} bytes, the file has {size:,}"
            )
        if math.prod(shape) == 0:
            return np.empty(shape, dtype)
        order: Literal["F", "C"] = "F" if fortran else "C"
        try:
            return np.memmap(file, dtype, "r", begins, shape, order)
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read: {error}") from None


def open_bytes(file: IO[bytes], size: int) -> bytes | mmap.mmap:
    """A file from its start: read, or memory-mapped and read-only if it is large."""
    if size < MAPPED_FROM:
        file.seek(0)
        return file.read()
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def is_mapped(array: Array) -> bool:
    """Whether an array is a part of a file that nobody can write to through it."""
    return isinstance(_owner(array), mmap.mmap)


def is_fixed(array: Array) -> bool:
    """Whether nobody can write to what is in an array: its own, read from a file or mapped."""
    owner = _owner(array)
    return owner is None or isinstance(owner, bytes | mmap.mmap)


def _owner(array: Array) -> object:
    """What holds the numbers, ``None`` if arrays alone do; an array if it can be written to."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return base
        base = base.base
    return base.obj if isinstance(base, memoryview) else base


def read_npy_stream(file: IO[bytes], size: int, where: str, text: bool = False) -> Array:
    """Read the npy data of one member of an archive.

    Args:
        file: the member's bytes, to whose end it is read, so that its checksum is looked at.
        size: how many bytes the member has; a header that claims more or fewer is refused.
        where: how errors name the member.
        text: whether unicode text is accepted, too.
    """
    dtype, shape, fortran = read_header(file, where)
    if not (text and dtype.kind == "U"):
        check_numeric(dtype, where)
    count = math.prod(shape)
    if count * dtype.itemsize > size:
        raise InputError(f"{where}: damaged: its header claims {count * dtype.itemsize:,} bytes")
    data = file.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise InputError(f"{where}: truncated")
    if file.read(1):
        raise InputError(f"{where}: damaged: it goes on where its header says it ends")
    array: Array = np.frombuffer(data, dtype=dtype, count=count)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def read_header(file: IO[bytes], where: str) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """The dtype, the shape and whether columns come first, from the start of npy data."""
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        with warnings.catch_warnings():
            # of spellings that numpy no longer writes: what they say is checked here
            warnings.simplefilter("ignore")
            shape, fortran, dtype = read(file)
    except _DAMAGED:
        raise InputError(f"{where}: not an npy file, or its header is damaged") from None
    check_shape(shape, dtype, where)
    return dtype, shape, fortran


def check_shape(shape: tuple[Any, ...], dtype: np.dtype[Any], where: str) -> None:
    """Refuse a shape that no array can have, before numpy is asked for one."""
    # numpy counts the bytes without the axes of length 0
    whole = all(type(axis) is int and axis >= 0 for axis in shape)
    if whole and math.prod(axis or 1 for axis in shape) * (dtype.itemsize or 1) <= sys.maxsize:
        if len(shape) <= _MOST_AXES:
            return
        raise InputError(f"{where}: damaged: its header says {len(shape)} axes")
    raise InputError(f"{where}: damaged: its header says the shape is {shape}")


def check_numeric(dtype: np.dtype[Any], where: str) -> None:
    """Refuse what is not real numbers, objects above all: they would be a pickle."""
    if dtype.kind in "biuf" and dtype.names is None:
        return
    holds = _KINDS.get(dtype.kind, "text" if dtype.kind == "U" else f"dtype {dtype}")
    if dtype.kind == "V" and dtype.names is None:
        holds = f"raw bytes (dtype {dtype})"
    raise InputError(f"{where}: holds {holds}; save real numbers, such as float32")


def open_binary(path: Path, empty: bool = False) -> IO[bytes]:
    """Open a file for reading, or say in one line why it cannot be.

    Args:
        path: the file. A pipe or a device is refused: it may never end.
        empty: whether a file without a byte is accepted.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{path}: is a folder; name a file in it")
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{path}: is a pipe or a device; save what it gives to a file")
        if found.st_size == 0 and not empty:
            raise InputError(f"{path}: is empty (0 bytes)")
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}: cannot be read: {reason}") from None


def exists(path: Path) -> bool:
    """Whether anything is there. No file has a name that is too long, or with a NUL in it."""
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def native(array: Array) -> Array:
    """The same numbers in this machine's byte order."""
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))

"""HDF5's heaps of texts, checked by hand: on a damaged one the library never comes back."""

from __future__ import annotations

import mmap
import re
import struct
from pathlib import Path
from typing import Any

from rnnstep.errors import InputError

_START = re.compile(rb"GCOL\x01\0\0\0")
_HEADER, _OBJECT = 16, 16


def check_heaps(source: Any, path: Path) -> None:
    """Refuse a file with a heap whose objects do not follow one another to its end.

    HDF5 file format specification, III.E: a collection's size; of each object its number, and
    its size, which without the header counts for all but the free space, number 0.

    Args:
        source: a path, or the bytes of a file in memory.
        path: the file, for errors.

    Raises:
        InputError: the heap's place.
    """
    if not isinstance(source, Path):
        with source.getbuffer() as held:
            _check(held, path)
        return
    with (
        source.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held,
        memoryview(held) as view,
    ):
        _check(view, path)


def _check(data: memoryview, path: Path) -> None:
    # a match keeps the buffer from being closed
    for place in [found.start() for found in _START.finditer(data)]:
        size = int.from_bytes(data[place + 8 : place + _HEADER], "little")
        if not _whole(data, place + _HEADER, place + size):
            raise InputError(f"{path}: damaged: a heap of texts at byte {place:,} does not add up")


def _whole(data: memoryview, place: int, end: int) -> bool:
    if end > len(data):
        return False
    while place + _OBJECT <= end:
        number, size = struct.unpack_from("<H6xQ", data, place)
        need = size if number == 0 else _OBJECT + -(-size // 8) * 8
        if need < _OBJECT or place + need > end:
            return False
        place += need
    return True

"""A PyTorch file's outside: a zip of records, or the older row of pickles and numbers."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path

from rnnstep.arrays import open_binary
from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.weights.npz import check_size
from rnnstep.weights.torch.pickles import Tree, walk_pickle

MAGIC = 0x1950A86A20F9469CFC6C
"""The number in the first pickle of the older format (torch/serialization.py)."""

_LARGEST_PICKLE = 64 * 2**20
_LENGTH = 8
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)


@dataclass(frozen=True, eq=False)
class Layout:
    """A file as it lies there, looked through but not loaded.

    Attributes:
        path: the file.
        tree: its pickle.
        records: how many bytes each storage has, by its key; empty for the older format.
        room: how many bytes there are for all storages.
        script: whether it is a TorchScript archive.
        mappable: whether the storages lie in it uncompressed.
        big: whether its numbers begin with the most significant byte.
        record: the bytes of a record of the zip, by its name within the archive.
        code: the names of a TorchScript archive's sources.
    """

    path: Path
    tree: Tree
    records: dict[str, int]
    room: int
    script: bool = False
    mappable: bool = False
    big: bool = False
    record: Callable[[str], bytes] = lambda _: b""
    code: tuple[str, ...] = ()


def look_through(path: Path) -> Layout:
    """Look through a file without loading it.

    Raises:
        InputError: no file of PyTorch, damaged, or one that unpacks to far more than it is.
    """
    with open_binary(path) as file:
        start = file.read(4)
    if start.startswith(b"PK"):
        return _zip(path)
    return _older(path, start)


def _zip(path: Path) -> Layout:
    try:
        with open_binary(path) as file, zipfile.ZipFile(file) as archive:
            check_size(archive, path)
            infos = {info.filename: info for info in archive.infolist()}
            top = next(iter(infos), "").partition("/")[0]
            own = {n.removeprefix(f"{top}/"): info for n, info in infos.items()}
            if len(infos) < len(archive.infolist()) or "data.pkl" not in own:
                raise InputError(f"{path}: a zip archive, but not one that torch.save wrote")
            if bad := archive.testzip():
                raise InputError(f"{path}: damaged: the checksum of '{printable(bad)}' is wrong")
            if own["data.pkl"].file_size > _LARGEST_PICKLE:
                raise InputError(f"{path}: its pickle has more than {_LARGEST_PICKLE:,} bytes")
            tree = walk_pickle(io.BytesIO(archive.read(own["data.pkl"])), str(path))
            order = archive.read(own["byteorder"]) if "byteorder" in own else b"little"
    except _ZIP_ERRORS as error:
        raise InputError(f"{path}: not a PyTorch file, or damaged: {error}") from None
    data = {n.removeprefix("data/"): i for n, i in own.items() if n.startswith("data/")}
    return Layout(
        path,
        tree,
        {key: info.file_size for key, info in data.items()},
        sum(info.file_size for info in data.values()),
        script="constants.pkl" in own,
        mappable=all(info.compress_type == zipfile.ZIP_STORED for info in data.values()),
        big=order == b"big",
        record=partial(_record, path, top),
        code=tuple(n for n in own if n.startswith("code/") and n.endswith(".py")),
    )


def _record(path: Path, top: str, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(f"{top}/{name}")
    except (*_ZIP_ERRORS, KeyError):
        raise InputError(f"{path}: damaged: '{printable(name)}' cannot be read") from None


def _older(path: Path, start: bytes) -> Layout:
    where = str(path)
    if not start.startswith(b"\x80"):
        raise InputError(f"{path}: not a file that torch.save wrote")
    # a map, of which no more can be read than it has: a pickle may say that it is huge
    with open_binary(path) as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if walk_pickle(data, where).root != MAGIC:
            save = "torch.save(model.state_dict(), 'model.pt')"
            raise InputError(f"{where}: a plain pickle, which may run code; save it with {save}")
        # the version of the format and the sizes of the machine's integers
        walk_pickle(data, where)
        walk_pickle(data, where)
        tree = walk_pickle(data, where)
        keys = walk_pickle(data, where).root
        count = len(keys) if isinstance(keys, list) else 0
        room = data.size() - data.tell() - count * _LENGTH
    return Layout(path, tree, {}, room)

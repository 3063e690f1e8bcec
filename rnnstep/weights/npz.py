"""The npz reader: a zip archive of npy members, read without pickle and in bounded memory."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

from rnnstep.arrays import check_numeric, native, open_binary, read_npy_stream
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile

CONFIG_NAME = "model"
"""The member that holds the description of the layers, as JSON text."""

_LARGEST_RATIO = 250
_ALWAYS_ALLOWED = 64 * 2**20
_END = struct.Struct("<4s6xH10x")
"""The last record of a zip archive, before its comment: its mark, and how many members it has."""
_COUNTED_ELSEWHERE = 0xFFFF


def read(path: Path) -> TensorFile:
    """Read every array of an npz file; texts beside numbers are kept, for no layer to use.

    Raises:
        InputError: not an archive, damaged, a member that is not numbers, or an archive that
            unpacks to far more than it is.
    """
    config, tensors, texts = "", {}, {}
    try:
        with open_binary(path) as file, zipfile.ZipFile(file) as archive:
            check_size(archive, path)
            _check_count(archive, file, path)
            seen: set[str] = set()
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if name in seen:
                    raise InputError(f"{path}: two members are called '{name}'")
                seen.add(name)
                array = _read_member(archive, info, f"{path}: '{name}'")
                if name == CONFIG_NAME and array.dtype.kind == "U":
                    config = str(array[()]) if array.ndim == 0 else "".join(array.ravel())
                elif array.dtype.kind == "U":
                    texts[name] = array
                else:
                    tensors[name] = native(array)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{path}: not an npz file, or damaged: {error}") from None
    except (OSError, ValueError, UnicodeError) as error:
        raise InputError(f"{path}: damaged: {error}") from None
    if texts and (config or not tensors):
        # beside numbers a text is a vocabulary, as a rule, and is listed as not used
        check_numeric(next(iter(texts.values())).dtype, f"{path}: '{next(iter(texts))}'")
    if not tensors:
        raise InputError(f"{path}: holds no arrays")
    return TensorFile(path, {**tensors, **texts}, config)


def check_size(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse an archive that unpacks to far more than it is.

    Raises:
        InputError: both sizes.
    """
    packed = max(path.stat().st_size, 1)
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > _ALWAYS_ALLOWED and unpacked > _LARGEST_RATIO * packed:
        raise InputError(
            f"{path}: would unpack to {unpacked:,} bytes from {packed:,}: refused as a zip bomb"
        )


def _check_count(archive: zipfile.ZipFile, file: IO[bytes], path: Path) -> None:
    """Refuse a directory that has lost members: zipfile does not count them."""
    file.seek(-_END.size - len(archive.comment), 2)
    mark, count = _END.unpack(file.read(_END.size))
    found = len(archive.infolist())
    if mark != b"PK\5\6":
        raise InputError(f"{path}: not an npz file, or damaged: it goes on after its end")
    if count not in (found, _COUNTED_ELSEWHERE):
        told = f"its directory has {found:,} members, its end says {count:,}"
        raise InputError(f"{path}: not an npz file, or damaged: {told}")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Array:
    with archive.open(info) as member:
        return read_npy_stream(member, info.file_size, where, text=True)

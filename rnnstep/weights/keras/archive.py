"""The .keras archive: a zip of two JSON texts and the weights, read in bounded memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from rnnstep.arrays import open_binary
from rnnstep.errors import InputError
from rnnstep.weights.keras.parts import mapping, one_line, parse, text
from rnnstep.weights.npz import check_size

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

_LONGEST_TEXT = 64 * 2**20


@dataclass(frozen=True)
class Archive:
    """What a .keras archive holds.

    Attributes:
        config: the model's description, JSON.
        version: of the Keras that wrote it.
        weights: the HDF5 file within.
    """

    config: str
    version: str
    weights: io.BytesIO


def read_archive(path: Path) -> Archive:
    """Read the members of a .keras archive.

    Raises:
        InputError: not an archive, damaged, a member is missing, or a zip bomb.
    """
    try:
        with open_binary(path) as file, zipfile.ZipFile(file) as archive:
            check_size(archive, path)
            config = _text(archive, CONFIG, path)
            about = mapping(parse(_text(archive, METADATA, path), f"{path}: {METADATA}"))
            weights = io.BytesIO(archive.read(_member(archive, WEIGHTS, path)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        told = one_line(str(error))
        raise InputError(f"{path}: not a .keras archive, or damaged: {told}") from None
    except (OSError, ValueError, MemoryError) as error:
        raise InputError(f"{path}: damaged: {one_line(str(error))}") from None
    return Archive(config, text(about, "keras_version"), weights)


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(name)
    except KeyError:
        found = one_line(", ".join(archive.namelist()[:6]))
        hint = "; save the model in one file: model.save(…)" if name == WEIGHTS else ""
        raise InputError(f"{path}: no {name} in the archive; it has {found}{hint}") from None


def _text(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    info = _member(archive, name, path)
    if info.file_size > _LONGEST_TEXT:
        raise InputError(f"{path}: {name} has {info.file_size:,} bytes: refused")
    return archive.read(info).decode("utf-8", "replace")

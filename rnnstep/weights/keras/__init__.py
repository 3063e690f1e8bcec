"""The Keras reader: .keras archives, .weights.h5, and .h5 files of Keras 1, 2 and 3.

Nothing is imported that a file names, and Keras itself is not needed. Custom layers and functions
are not run; the model is the one that its config describes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from rnnstep.arrays import open_binary
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile
from rnnstep.weights.keras.archive import CONFIG, read_archive
from rnnstep.weights.keras.blueprint import Saved, blueprint
from rnnstep.weights.keras.hdf5 import read_hdf5

_MODEL, _VERSION = "model_config", "keras_version"
_GROUP = "model_weights"
"""The group of the weights in a whole model's .h5."""


def read(path: Path) -> TensorFile:
    """Read a file that Keras saved: the whole model, or its weights alone.

    Raises:
        InputError: damaged or hostile, see :mod:`.hdf5` and :mod:`.archive`, or without arrays.
    """
    saved = _archive(path) if _is_zip(path) else _hdf5(path)
    if not saved.contents.tensors:
        raise InputError(f"{path}: holds no arrays")
    if not saved.described and not saved.known:
        return TensorFile(path, saved.contents.tensors, ordered=False)
    return TensorFile(path, saved.contents.tensors, blueprint=partial(blueprint, saved))


def _is_zip(path: Path) -> bool:
    with open_binary(path) as file:
        return file.read(2) == b"PK"


def _archive(path: Path) -> Saved:
    archive = read_archive(path)
    size = archive.weights.getbuffer().nbytes
    contents = read_hdf5(archive.weights, size, path)
    return Saved(path, contents, archive.config, archive.version, CONFIG)


def _hdf5(path: Path) -> Saved:
    contents = read_hdf5(path, path.stat().st_size, path)
    group = _GROUP if _GROUP in contents.attributes else ""
    version = contents.attribute("", _VERSION) or contents.attribute(group, _VERSION)
    return Saved(path, contents, contents.attribute("", _MODEL) or None, version, _MODEL, group)

"""An HDF5 file walked by hand: each object once, no link followed, and its numbers by name."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.extras import need
from rnnstep.weights.keras.allowance import allowance
from rnnstep.weights.keras.heaps import check_heaps
from rnnstep.weights.keras.parts import one_line
from rnnstep.weights.keras.storage import ALWAYS_ALLOWED, LARGEST_RATIO, read_dataset

_MOST_OBJECTS = 100_000
_DEEPEST = 40
_LARGEST_ATTRIBUTE = 64 * 2**20
_FOR_ATTRIBUTES = 256 * 2**20
"""Bytes that reading one may take, beside a few copies of the file: a damaged length of a text
is up to 4 GiB, which HDF5 allocates and fills before it looks for the text."""
_READ = ("model_config", "keras_version", "name", "layer_names", "weight_names")
_TRAINING = ("optimizer", "optimizer_weights")
"""Groups that matter to training alone."""

_DAMAGED = (
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    SystemError,
    zlib.error,
)
"""What h5py ends in, depending on which byte of a file is wrong."""


@dataclass(eq=False)
class Contents:
    """What an HDF5 file holds.

    Attributes:
        tensors: every array by its path in the file.
        attributes: for each group by its path, the attributes that describe a model.
        training: the arrays that were not read, since they matter to training alone.
    """

    tensors: dict[str, Array] = field(default_factory=dict)
    attributes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    training: list[str] = field(default_factory=list)

    @cached_property
    def named(self) -> dict[tuple[str, str], str]:
        """The group of a layer by the group around it and the name that Keras 3 notes in it."""
        found: dict[tuple[str, str], str] = {}
        for path in self.attributes:
            own, _, last = path.rpartition("/")
            name = self.attribute(path, "name")
            if last == "vars" and name:
                found[own.rpartition("/")[0], name] = own
        return found

    def attribute(self, group: str, name: str) -> str:
        """An attribute that is one text; empty if there is none."""
        return (self.attributes.get(group, {}).get(name) or [""])[0]

    def texts(self, group: str, name: str) -> list[str]:
        """An attribute that is several texts, which Keras splits if it is long (``name0``)."""
        found = self.attributes.get(group, {})
        if name in found:
            return found[name]
        parts = [found[f"{name}{i}"] for i in range(len(found)) if f"{name}{i}" in found]
        return [text for part in parts for text in part]


def read_hdf5(source: Any, size: int, path: Path) -> Contents:
    """Read every array of an HDF5 file, and the attributes that describe a Keras model.

    Args:
        source: a path, or an open binary file.
        size: how many bytes it has.
        path: the file, for errors.

    Raises:
        InputError: damaged, a link out of the file, a group within itself, or an array that is
            no numbers, kept elsewhere, or far larger than what is stored.
    """
    h5py = need("h5py", "keras", path)
    check_heaps(source, path)
    try:
        with h5py.File(source, "r") as file:
            return _Walk(h5py, path, size).whole(file)
    except _DAMAGED as error:
        told = one_line(str(error) or type(error).__name__)
        raise InputError(f"{path}: not an HDF5 file, or damaged: {told}") from None


class _Walk:
    def __init__(self, h5py: Any, path: Path, size: int) -> None:
        self._h5py, self._path, self._size = h5py, path, size
        self._seen: set[int] = set()
        self._objects = self._bytes = 0
        self._found = Contents()

    def whole(self, file: Any) -> Contents:
        self._group(file, "", 0)
        return self._found

    def _group(self, group: Any, prefix: str, depth: int) -> None:
        address = self._h5py.h5o.get_info(group.id).addr
        if address in self._seen or depth > _DEEPEST:
            raise InputError(f"{self._path}: the group '{prefix}' contains itself: refused")
        self._seen.add(address)
        self._attributes(group, prefix)
        for name in group:
            self._objects += 1
            if self._objects > _MOST_OBJECTS:
                raise InputError(f"{self._path}: more than {_MOST_OBJECTS:,} objects: refused")
            # the bytes of a name that is not UTF-8 are no name of Keras'
            own = one_line(name if isinstance(name, str) else repr(name)).replace("\\", "/")
            self._member(group, name, f"{prefix}/{own}" if prefix else own, depth)

    def _member(self, group: Any, name: str, full: str, depth: int) -> None:
        link = group.get(name, getlink=True)
        if not isinstance(link, self._h5py.HardLink):
            kind = type(link).__name__
            raise InputError(f"{self._path}: '{full}' is a link to elsewhere ({kind}): refused")
        member = group[name]
        if isinstance(member, self._h5py.Group):
            self._group(member, full, depth + 1)
        elif isinstance(member, self._h5py.Dataset):
            self._dataset(member, full)

    def _dataset(self, dataset: Any, full: str) -> None:
        parts = full.split("/")
        if parts[0] in _TRAINING or "seed_generator" in parts:
            self._found.training.append(full)
            return
        where = f"{self._path}: '{full}'"
        self._bytes += math.prod(dataset.shape or ()) * dataset.dtype.itemsize
        if self._bytes > ALWAYS_ALLOWED and self._bytes > LARGEST_RATIO * self._size:
            raise InputError(f"{where}: more numbers than the file can hold: refused as a bomb")
        self._found.tensors[full] = read_dataset(dataset, where, self._size)

    def _attributes(self, group: Any, prefix: str) -> None:
        for name in group.attrs:
            if not isinstance(name, str) or name.rstrip("0123456789") not in _READ:
                continue
            held = group.attrs.get_id(name)
            # Keras notes an empty list as an array of no numbers; the library is not proof
            # against what damage makes of other types
            if not isinstance(held.get_type(), self._h5py.h5t.TypeStringID):
                if math.prod(held.shape or ()):
                    raise InputError(f"{self._path}: damaged: the attribute '{name}' is no text")
                continue
            if math.prod(held.shape or ()) * held.dtype.itemsize > _LARGEST_ATTRIBUTE:
                raise InputError(f"{self._path}: the attribute '{name}' is too large: refused")
            with allowance(_FOR_ATTRIBUTES + 4 * self._size):
                value = np.asarray(group.attrs[name]).ravel().tolist()
            self._found.attributes.setdefault(prefix, {})[name] = [_decoded(v) for v in value]


def _decoded(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

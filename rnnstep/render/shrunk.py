"""Large weights made smaller once: they are the same at every timestep."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rnnstep.equations import Array
from rnnstep.scale import strongest

_LARGE = 2**14
"""Entries from which an array is worth keeping."""
_KEPT = 8

_found: OrderedDict[tuple[Any, ...], tuple[Array, Array]] = OrderedDict()


def shrunk(array: Array, blocks: tuple[int, ...]) -> Array:
    """As :func:`~rnnstep.scale.strongest`, remembered for large arrays that cannot change."""
    if array.size < _LARGE or not _fixed(array):
        return strongest(array, blocks)
    place = array.__array_interface__["data"][0]
    key = (place, array.shape, array.strides, array.dtype, blocks)
    if key not in _found:
        # the array is kept, too, so that no other one can come to stand in its place
        _found[key] = array, strongest(array, blocks)
        while len(_found) > _KEPT:
            _found.popitem(last=False)
    _found.move_to_end(key)
    return _found[key][1]


def _fixed(array: Array) -> bool:
    """Whether neither the array nor what it is a view of can be written to."""
    base: Any = array
    while base is not None:
        flags = getattr(base, "flags", None)
        if flags is None or flags.writeable:
            return False
        base = base.base
    return True

"""Large arrays made smaller once: weights and the past are the same at every timestep."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rnnstep.arrays import is_fixed
from rnnstep.equations import Array
from rnnstep.scale import strongest

_LARGE = 2**14
"""Entries from which an array is worth keeping."""
_KEPT = 8

_found: OrderedDict[tuple[Any, ...], tuple[Array, Array]] = OrderedDict()


def shrunk(array: Array, blocks: tuple[int, ...]) -> Array:
    """As :func:`~rnnstep.scale.strongest`, remembered for large arrays that cannot change."""
    if array.size < _LARGE or not is_fixed(array):
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

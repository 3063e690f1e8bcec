"""What is made of large arrays is made once: weights and the past are the same at every step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from rnnstep.arrays import is_fixed
from rnnstep.equations import Array

Made = TypeVar("Made")

_LARGE = 2**10
"""Entries from which what is made of a matrix is worth keeping."""
_KEPT = 16

_found: OrderedDict[tuple[Any, ...], tuple[Array, Any]] = OrderedDict()


def kept(array: Array, how: Hashable, make: Callable[[], Made]) -> Made:
    """What ``make`` returns, remembered for large matrices that cannot change.

    Args:
        array: what it is made of.
        how: all that it depends on besides.
        make: makes it.
    """
    # of vectors each step has new ones: they would drive out the matrices
    if array.size < _LARGE or array.ndim < 2 or 1 in array.shape or not is_fixed(array):
        return make()
    place = array.__array_interface__["data"][0]
    key = (place, array.shape, array.strides, array.dtype, how)
    if key not in _found:
        # the array is kept, too, so that no other one can come to stand in its place
        _found[key] = array, make()
        while len(_found) > _KEPT:
            _found.popitem(last=False)
    _found.move_to_end(key)
    made: Made = _found[key][1]
    return made

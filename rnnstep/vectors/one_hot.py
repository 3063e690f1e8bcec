"""One-hot weights: each number of a matrix that is not zero says by itself where it stands."""

from __future__ import annotations

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile

_VECTOR, _MATRIX = 1, 2
_BIAS = 0.1
"""The largest bias: small beside what a matrix selects."""


def one_hot(file: TensorFile) -> TensorFile:
    """The same tensors, by the same names, with other numbers in them.

    Along its longer axis each place of a matrix selects one place of the other axis, the next one
    each time, by a number of its own between 0.5 and 1.5; those of vectors rise to 0.1. No two
    gates, units or features of any tensors have the same, and no matrix is its own transpose.

    Raises:
        InputError: the file says itself how its layers run, so that tensors alone are not enough.
    """
    if file.blueprint is not None:
        told = "--one-hot takes tensors by name: npz, safetensors, a folder of npy, a state dict"
        raise InputError(f"{file.path}: describes its layers itself; {told}")
    total = sum(max(array.shape, default=0) for array in file.tensors.values())
    found: dict[str, Array] = {}
    start = 0
    for name, array in file.tensors.items():
        longest = max(array.shape, default=0)
        rising = np.arange(start + 1, start + longest + 1) / max(total, 1)
        found[name] = _selecting(array, rising)
        start += longest
    return file.replaced(tensors=found)


def _selecting(array: Array, rising: Array) -> Array:
    """A tensor with numbers that rise along its longer axis; other than floats stay as they are."""
    if array.dtype.kind != "f" or array.ndim not in (_VECTOR, _MATRIX) or not array.size:
        return array
    if array.ndim == _VECTOR:
        return (_BIAS * rising).astype(array.dtype)
    long, short = max(array.shape), min(array.shape)
    tall = np.zeros((long, short), array.dtype)
    places = np.arange(long)
    # a shift, for the unit matrix would be its own transpose
    tall[places, (places + 1) % short] = 0.5 + rising
    return tall if array.shape == tall.shape else np.ascontiguousarray(tall.T)

"""The layout of CuDNNLSTM and CuDNNGRU as Keras 2 saved them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.errors import InputError
from rnnstep.weights.conventions import BIAS, INPUT_BIAS, KERNEL, RECURRENT, RECURRENT_BIAS
from rnnstep.weights.gates import Roles
from rnnstep.weights.plan import Tensor


def from_cudnn(roles: Roles, gates: int, where: str) -> Roles:
    """The kernels as rows of gates: what stands in the file as (input, hidden) is its transpose.

    keras/engine/saving.py, _convert_rnn_weights: a change of layout without one of shape.
    """
    found = {}
    for role in (KERNEL, RECURRENT):
        name, array = roles[role].name, roles[role].array
        if array.ndim != 2 or array.shape[1] % gates or 0 in array.shape:
            raise InputError(f"{where}: '{name}' has shape {array.shape}: no {gates} gates")
        parts: Sequence[np.ndarray] = np.split(array, gates, axis=1)
        found[role] = Tensor(name, np.concatenate([p.reshape(p.shape[::-1]) for p in parts]))
    name = roles[BIAS].name
    first, second = np.split(roles[BIAS].array, 2)
    return {**found, INPUT_BIAS: Tensor(name, first), RECURRENT_BIAS: Tensor(name, second)}

"""What the machine can do: a number for each of NumPy's functions that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rnnstep.equations import FUNCTIONS

PRODUCT, COPY, FILL, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = range(8)
SIGMOID, TANH, RELU, EXP, HARD_SIGMOID, HARD_SIGMOID_KERAS2, WHERE, MAGNITUDE = range(8, 16)

_BY_NAME = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "relu": RELU,
    "linear": COPY,
    "exp": EXP,
    "hard_sigmoid": HARD_SIGMOID,
    "hard_sigmoid_keras2": HARD_SIGMOID_KERAS2,
    "where": WHERE,
    "abs": MAGNITUDE,
}

OPCODES: Mapping[Callable[..., Any], int] = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.negative: NEGATE,
} | {FUNCTIONS[name].into or FUNCTIONS[name].compute: code for name, code in _BY_NAME.items()}
"""The function that numpy runs for an expression, and the machine's number for it."""

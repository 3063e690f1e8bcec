"""The table of functions: everything an equation may call, and nothing else can be."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np

from rnnstep.equations.operators import Array, Truth
from rnnstep.equations.rounding import (
    as_bfloat16,
    as_float16,
    float16_into,
    into,
    quantize,
    quantize_into,
    table_of,
)
from rnnstep.record import Record


class Kind(Enum):
    """What a function does to a shape."""

    ELEMENTWISE = "elementwise"
    """Every entry alone: the shape stays."""
    REDUCTION = "reduction"
    """All entries of a step to one number."""
    LAST_AXIS = "along the last axis"
    """Entries of the last axis together: the shape stays."""
    JOIN = "one behind the other"
    """Two vectors to one: their axes are joined."""
    ROW = "one row of a matrix"
    """A matrix and a number to a vector: the first axis goes."""


class Function(Record):
    """One function of the language.

    Attributes:
        name: its text in a listing.
        kind: what it does to a shape.
        compute: takes the array, and ``axis`` if the kind is not elementwise.
        summary: its formula, for help and documentation.
        sign: how the screen writes it, if not by name.
        arity: how many arguments it takes.
        into: takes the arrays and one to write the same result to, which is none of them
            unless there is only one; if ``compute`` is no ufunc, which can do that itself.
    """

    name: str
    kind: Kind
    compute: Callable[..., Any]
    summary: str
    sign: str = ""
    arity: int = 1
    into: Callable[..., object] | None = None


def _sigmoid_into(x: Array, out: Array) -> None:
    # exp of a negative number only: never overflows, and keeps tiny results exact
    low = np.empty_like(out)
    # an array of zeros, for with the number 0 numpy's loop takes several times as long
    low.fill(0.0)
    np.minimum(x, low, out=low)
    # only now, for out may be x
    np.abs(x, out)
    np.negative(out, out)
    np.exp(out, out)
    np.exp(low, low)
    np.add(out, 1.0, out)
    np.divide(low, out, out)


def _sigmoid(x: Array) -> Array:
    out = np.empty_like(np.asarray(x))
    _sigmoid_into(x, out)
    return out


def _relu_into(x: Array, out: Array) -> None:
    np.maximum(x, 0.0, out=out)


def _hard_sigmoid_into(x: Array, out: Array) -> None:
    np.divide(x, 6.0, out=out)
    np.add(out, 0.5, out=out)
    np.clip(out, 0.0, 1.0, out=out)


def _hard_sigmoid_keras2_into(x: Array, out: Array) -> None:
    np.multiply(x, 0.2, out=out)
    np.add(out, 0.5, out=out)
    np.clip(out, 0.0, 1.0, out=out)


def _where_into(condition: Array, x: Array, y: Array, out: Array) -> None:
    np.copyto(out, y)
    np.copyto(out, x, where=np.not_equal(condition, 0))


def _softmax(x: Array, axis: Any) -> Array:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return np.asarray(e / np.sum(e, axis=axis, keepdims=True))


def _join(first: Array, second: Array) -> Array:
    # one of them may lack the leading time axis
    lead = np.broadcast_shapes(np.shape(first)[:-1], np.shape(second)[:-1])
    parts = [np.broadcast_to(part, (*lead, np.shape(part)[-1])) for part in (first, second)]
    return np.concatenate(parts, axis=-1)


def _row(table: Array, number: Array) -> Array:
    place = np.asarray(number)
    inside = (place >= 0) & (place < len(table)) & (place == np.floor(place))
    rows = np.take(table, np.where(inside, place, 0).astype(np.intp), axis=0)
    # no such row: not a number, rather than another row or an error in the middle of a run
    return np.where(inside[..., np.newaxis], rows, np.array(np.nan, rows.dtype))


def _elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))


def _any(x: Array, axis: tuple[int, ...]) -> Array:
    # whether there is one at all is seen much faster than where, and mostly there is none
    return np.any(x, axis=axis) if np.any(x) else np.zeros(x.shape[: x.ndim - len(axis)], bool)


def _all(x: Array, axis: tuple[int, ...]) -> Array:
    return np.all(x, axis=axis) if not np.all(x) else np.ones(x.shape[: x.ndim - len(axis)], bool)


def _norm(x: Array, axis: Any) -> Array:
    return np.asarray(np.sqrt(np.sum(np.square(x), axis=axis)))


_ELEMENTWISE = [
    Function("sigmoid", Kind.ELEMENTWISE, _sigmoid, "1 / (1 + exp(-x))", "σ", 1, _sigmoid_into),
    Function(
        "hard_sigmoid",
        Kind.ELEMENTWISE,
        lambda x: np.clip(x / 6.0 + 0.5, 0.0, 1.0),
        "x / 6 + 0.5, cut to 0…1 (PyTorch, Keras 3)",
        into=_hard_sigmoid_into,
    ),
    Function(
        "hard_sigmoid_keras2",
        Kind.ELEMENTWISE,
        lambda x: np.clip(0.2 * x + 0.5, 0.0, 1.0),
        "0.2 x + 0.5, cut to 0…1 (Keras 1 and 2, ONNX)",
        into=_hard_sigmoid_keras2_into,
    ),
    Function("tanh", Kind.ELEMENTWISE, np.tanh, "hyperbolic tangent"),
    Function(
        "relu", Kind.ELEMENTWISE, lambda x: np.maximum(x, 0.0), "max(x, 0)", "", 1, _relu_into
    ),
    Function("linear", Kind.ELEMENTWISE, np.positive, "x itself"),
    Function("elu", Kind.ELEMENTWISE, _elu, "x, or exp(x) - 1 below 0"),
    Function("softsign", Kind.ELEMENTWISE, lambda x: x / (1.0 + np.abs(x)), "x / (1 + |x|)"),
    Function("softplus", Kind.ELEMENTWISE, lambda x: np.logaddexp(x, 0.0), "log(1 + exp(x))"),
    Function("exp", Kind.ELEMENTWISE, np.exp, "exponential"),
    Function("log", Kind.ELEMENTWISE, np.log, "natural logarithm"),
    Function("sqrt", Kind.ELEMENTWISE, np.sqrt, "square root", "√"),
    Function("abs", Kind.ELEMENTWISE, np.abs, "size without sign"),
    Function("sign", Kind.ELEMENTWISE, np.sign, "-1, 0 or 1"),
    Function("isnan", Kind.ELEMENTWISE, Truth(np.isnan), "is not a number"),
    Function("isinf", Kind.ELEMENTWISE, Truth(np.isinf), "is infinite"),
    Function("isfinite", Kind.ELEMENTWISE, Truth(np.isfinite), "is neither NaN nor infinite"),
    Function("clip", Kind.ELEMENTWISE, np.clip, "clip(x, low, high): cut to low…high", "", 3),
]

_TABLES = {"sigmoid": table_of(_sigmoid), "tanh": table_of(np.tanh)}

_ROUNDED = [
    Function(
        "float16",
        Kind.ELEMENTWISE,
        as_float16,
        "rounded to the nearest float16",
        into=float16_into,
    ),
    Function(
        "bfloat16",
        Kind.ELEMENTWISE,
        as_bfloat16,
        "rounded to the nearest bfloat16",
        into=into(as_bfloat16),
    ),
    Function(
        "quantize",
        Kind.ELEMENTWISE,
        quantize,
        "quantize(x, step, low, high): the nearest multiple of step, from low to high times it",
        "",
        4,
        quantize_into,
    ),
    Function(
        "table_sigmoid",
        Kind.ELEMENTWISE,
        _TABLES["sigmoid"],
        "table_sigmoid(x, n, limit): sigmoid at the nearest of n places from -limit to limit",
        "",
        3,
        into(_TABLES["sigmoid"]),
    ),
    Function(
        "table_tanh",
        Kind.ELEMENTWISE,
        _TABLES["tanh"],
        "table_tanh(x, n, limit): tanh at the nearest of n places from -limit to limit",
        "",
        3,
        into(_TABLES["tanh"]),
    ),
]

_OTHERS = [
    Function(
        "where",
        Kind.ELEMENTWISE,
        lambda condition, x, y: np.where(np.not_equal(condition, 0), x, y),
        "where(condition, x, y): x where the condition is true (not zero), else y",
        "",
        3,
        _where_into,
    ),
    Function("concat", Kind.JOIN, _join, "concat(x, y): x, and y behind it", "", 2),
    Function("row", Kind.ROW, _row, "row(E, k): row k of the matrix E", "", 2),
    Function("softmax", Kind.LAST_AXIS, _softmax, "exp(x) / sum(exp(x))"),
    Function("norm", Kind.REDUCTION, _norm, "Euclidean length", "‖·‖"),
    Function("sum", Kind.REDUCTION, np.sum, "sum of all entries", "Σ"),
    Function("mean", Kind.REDUCTION, np.mean, "mean of all entries"),
    Function("min", Kind.REDUCTION, np.min, "smallest entry (NaN if one is NaN)"),
    Function("max", Kind.REDUCTION, np.max, "largest entry (NaN if one is NaN)"),
    Function(
        "any", Kind.REDUCTION, Truth(_any, boolean_operands=True), "is any entry true (not zero)"
    ),
    Function(
        "all", Kind.REDUCTION, Truth(_all, boolean_operands=True), "are all entries true (not zero)"
    ),
]

FUNCTIONS = {function.name: function for function in _ELEMENTWISE + _ROUNDED + _OTHERS}
"""Every function of the language by name."""

ACTIVATIONS = (
    "tanh",
    "sigmoid",
    "relu",
    "linear",
    "hard_sigmoid",
    "hard_sigmoid_keras2",
    "elu",
    "softsign",
    "softplus",
    "softmax",
)
"""The functions that a layer may take as its activation."""

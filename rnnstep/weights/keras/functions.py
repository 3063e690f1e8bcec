"""Keras' activations by rnnstep's names, or written out where they have none there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rnnstep.cells.variants import spelled
from rnnstep.weights.keras.parts import mapping, one_line, text
from rnnstep.weights.plan import Tensor

Change = Callable[[str], str]

_SAME = ("tanh", "sigmoid", "relu", "linear", "elu", "softsign", "softplus", "softmax")

_WRITTEN = {
    "exponential": "exp({x})",
    "relu6": "clip({x}, 0, 6)",
    "silu": "({x} * sigmoid({x}))",
    "swish": "({x} * sigmoid({x}))",
    "leaky_relu": "where({x} > 0, {x}, 0.2 * {x})",
    "selu": "(1.0507009873554805 * where({x} > 0, {x}, 1.6732632423543772 * elu({x})))",
    "mish": "({x} * tanh(softplus({x})))",
}
"""keras/src/activations/activations.py, with its default arguments."""


class NotRun(Exception):  # noqa: N818 - a reason, not an error
    """Why a layer is not run: the rest of the model may be."""


def check_floats(tensors: Iterable[Tensor]) -> None:
    """Leave out a layer whose weights Keras quantized: its numbers are only half of what they mean.

    Raises:
        NotRun: the dtype.
    """
    for tensor in tensors:
        if tensor.array.dtype.kind != "f":
            raise NotRun(f"its weights are quantized: {tensor.array.dtype}")


def activation(value: Any, major: int) -> str:
    """The function that a config names, in rnnstep's words.

    Args:
        value: as the config has it: a name, or a function that Keras serialized.
        major: the version of Keras, which changed ``hard_sigmoid`` in its third.

    Returns:
        a function's name, or a formula with ``{x}`` for the argument.

    Raises:
        NotRun: a function of the user's own, or one that rnnstep lacks.
    """
    name = _name(value)
    if name == "hard_sigmoid" and major < 3:
        return "hard_sigmoid_keras2"
    if name in (*_SAME, "hard_sigmoid"):
        return name
    if name in _WRITTEN:
        return _WRITTEN[name]
    raise NotRun(f"rnnstep has no activation '{name}'")


def chosen(option: str, function: str) -> tuple[dict[str, str], tuple[Change, ...]]:
    """A cell's option set to a function, or the change that writes its formula out."""
    if "{x}" in function:
        return {}, (partial(spelled, option=option, formula=function),)
    return {option: function}, ()


def _name(value: Any) -> str:
    """A function's own name; one of the user's keeps its module, and so is no name of Keras'."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return one_line(value)
    config = mapping(value)
    module, name = text(config, "module"), text(config, "config") or text(config, "class_name")
    if module == "keras" or module.startswith("keras."):
        return name
    return f"{module or 'custom'}: {name or '?'}"

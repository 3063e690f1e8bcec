"""ONNX' activation functions: one of the language's, or its formula written into the cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnnstep.errors import InputError
from rnnstep.weights.onnx.graph import Node, printable

PLAIN = {
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softsign": "softsign",
    "softplus": "softplus",
}
"""Functions without parameters, and what the language calls them."""

_FORMULAS = {
    "affine": "({a} * {{x}} + {b})",
    "leakyrelu": "where({{x}} >= 0, {{x}}, {a} * {{x}})",
    "thresholdedrelu": "where({{x}} > {a}, {{x}}, 0)",
    "scaledtanh": "({a} * tanh({b} * {{x}}))",
    "hardsigmoid": "clip({a} * {{x}} + {b}, 0, 1)",
    "elu": "where({{x}} >= 0, {{x}}, {a} * elu({{x}}))",
}
_TAKES_BETA = {"affine", "scaledtanh", "hardsigmoid"}
_DEFAULTS = {
    "leakyrelu": (0.01, 0.0),
    "thresholdedrelu": (1.0, 0.0),
    "hardsigmoid": (0.2, 0.5),
    "elu": (1.0, 0.0),
}
"""alpha and beta as the operators of these names have them."""


@dataclass(frozen=True)
class Function:
    """An activation: ``name`` in the language, or ``formula`` with ``{x}`` for its argument."""

    name: str = ""
    formula: str = ""

    def of(self, argument: str) -> str:
        """The function of an argument, as a listing writes it."""
        return self.formula.format(x=argument) if self.formula else f"{self.name}({argument})"


def read_activations(node: Node, defaults: Sequence[str], directions: int) -> list[Function]:
    """A recurrent node's activations, direction by direction.

    The values of ``activation_alpha`` and ``activation_beta`` go, in order, to the functions
    that take one, as in ONNX Runtime (core/providers/cpu/rnn/rnn_helpers.cc).

    Raises:
        InputError: another number of functions than the node needs, or an unknown one.
    """
    said = node.of("activations", list) or [name.encode() for name in defaults] * directions
    names = [printable(name).lower() for name in said]
    if len(names) != len(defaults) * directions:
        needs = len(defaults) * directions
        raise InputError(f"{node.label}: {len(names)} activations, it needs {needs}")
    alphas = iter(node.floats("activation_alpha"))
    betas = iter(node.floats("activation_beta"))
    return [_function(node, name, alphas, betas) for name in names]


def _function(node: Node, name: str, alphas: Iterator[float], betas: Iterator[float]) -> Function:
    if name in PLAIN:
        return Function(PLAIN[name])
    if name not in _FORMULAS:
        known = ", ".join([*PLAIN, *_FORMULAS])
        raise InputError(f"{node.label}: unknown activation '{name[:40]}'; known: {known}")
    default = _DEFAULTS.get(name, (None, None))
    alpha = next(alphas, default[0])
    beta = next(betas, default[1]) if name in _TAKES_BETA else 0.0
    if alpha is None or beta is None:
        raise InputError(f"{node.label}: its activation '{name}' needs an alpha and a beta")
    return parametrised(node, name, alpha, beta)


def parametrised(node: Node, name: str, alpha: float, beta: float = 0.0) -> Function:
    """A function with its parameters, under the language's own name if it has one.

    Raises:
        InputError: a parameter is not finite.
    """
    if not (math.isfinite(alpha) and math.isfinite(beta)):
        raise InputError(f"{node.label}: a parameter of '{name}' is not finite")
    if name == "hardsigmoid" and math.isclose(beta, 0.5):
        if math.isclose(alpha, 0.2, rel_tol=1e-6):
            return Function("hard_sigmoid_keras2")
        if math.isclose(alpha, 1 / 6, rel_tol=1e-6):
            return Function("hard_sigmoid")
    if name == "elu" and alpha == 1:
        return Function("elu")
    if name == "affine" and (alpha, beta) == (1, 0):
        return Function("linear")
    return Function("", _FORMULAS[name].format(a=number(alpha), b=number(beta)))


def number(value: float) -> str:
    """A float32 in as few digits as tell it from its neighbours."""
    return str(np.float32(value)) if np.isfinite(np.float32(value)) else repr(value)

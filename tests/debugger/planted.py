"""Ports with a mistake in them: recurrent layers as plain loops, each of which can be done wrong.

Written apart from rnnstep, as someone would write a port: stacked kernels, gate after gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Function = Callable[[Array], Array]


def sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x.astype(np.float64))), x.dtype)


def hard3(x: Array) -> Array:
    return np.asarray(np.clip(x / 6 + x.dtype.type(0.5), 0, 1))


def hard2(x: Array) -> Array:
    return np.asarray(np.clip(x.dtype.type(0.2) * x + x.dtype.type(0.5), 0, 1))


@dataclass
class Port:
    """A port: its weights as rnnstep names them, and what it does otherwise.

    Attributes:
        cell: ``LSTM``, ``GRU`` or ``SimpleRNN``.
        weights: by name.
        order: which gate's weights each gate takes.
    """

    cell: str
    weights: Mapping[str, Array]
    order: Mapping[str, str] = field(default_factory=dict)
    kernel: Function = lambda x: x
    recurrent: Function = lambda x: x
    bias: Function = lambda x: x
    inner_bias: Function = lambda x: x
    forget: float = 0.0
    gate: Function = sigmoid
    activation: Function = np.tanh
    reset_before: bool = False
    turned_update: bool = False
    forgets_all: bool = False

    def w(self, role: str, gate: str = "") -> Array:
        name = self.order.get(gate, gate)
        array = self.weights[f"{role}_{name}" if gate else role]
        change = {"Wx": self.kernel, "Wh": self.recurrent, "bh": self.inner_bias}.get(
            role, self.bias
        )
        return change(array)

    def run(self, xs: Array, h: Array, c: Array) -> Array:
        """h at each timestep, (timesteps, units)."""
        step = {"LSTM": self.lstm, "GRU": self.gru, "SimpleRNN": self.simple}[self.cell]
        rows = []
        for x in xs:
            if self.forgets_all:
                h, c = np.zeros_like(h), np.zeros_like(c)
            h, c = step(x, h, c)
            rows.append(h)
        self.ended = h, c
        return np.stack(rows)

    def simple(self, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        return self.activation(self.w("Wx") @ x + self.w("Wh") @ h + self.w("b")), c

    def lstm(self, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        a = {g: self.w("Wx", g) @ x + self.w("Wh", g) @ h + self.w("b", g) for g in "ifgo"}
        a["f"] = a["f"] + np.float32(self.forget)
        c = self.gate(a["f"]) * c + self.gate(a["i"]) * self.activation(a["g"])
        return self.gate(a["o"]) * self.activation(c), c

    def gru(self, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        r = self.gate(self.w("Wx", "r") @ x + self.w("Wh", "r") @ h + self.w("b", "r"))
        z = self.gate(self.w("Wx", "z") @ x + self.w("Wh", "z") @ h + self.w("b", "z"))
        inner, outer = self.w("bh", "n"), self.w("bx", "n")
        if self.reset_before:
            past = self.w("Wh", "n") @ (r * h) + inner
        else:
            past = r * (self.w("Wh", "n") @ h + inner)
        n = self.activation(self.w("Wx", "n") @ x + outer + past)
        z = 1 - z if self.turned_update else z
        return (1 - z) * n + z * h, c

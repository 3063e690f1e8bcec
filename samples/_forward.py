"""Plain-numpy forward passes in float32, so a sample's facts are measured on its saved weights.

Sequences are batched: x is (batch, T, inputs). States start at zero.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


def sigmoid(x: Array) -> Array:
    """The logistic function; as a tanh, it cannot overflow."""
    y: Array = np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1))
    return y


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, np.float32(0))


def softmax(x: Array) -> Array:
    """Softmax over the last axis."""
    e: Array = np.exp(x - x.max(-1, keepdims=True))
    p: Array = e / e.sum(-1, keepdims=True)
    return p


def dense(w: Weights, name: str, x: Array) -> Array:
    """W x + b for each row of x."""
    return x @ w[f"{name}/W"].T + w[f"{name}/b"]


def _scan(step: Callable[..., tuple[Array, ...]], x: Array, *state: Array) -> tuple[Array, ...]:
    """Run `step` over time and stack each part of the state into (batch, T, hidden)."""
    history: list[tuple[Array, ...]] = []
    for t in range(x.shape[1]):
        state = step(x[:, t], *state)
        history.append(state)
    return tuple(np.stack(part, axis=1) for part in zip(*history, strict=True))


def _zeros(x: Array, hidden: int) -> Array:
    return np.zeros((len(x), hidden), np.float32)


def simple_rnn(w: Weights, name: str, x: Array) -> Array:
    """h_t = tanh(Wx x_t + Wh h_{t-1} + b)."""
    wx, wh, b = (w[f"{name}/{k}"] for k in ("Wx", "Wh", "b"))

    def step(x_t: Array, h: Array) -> tuple[Array]:
        return (np.tanh(x_t @ wx.T + h @ wh.T + b),)

    return _scan(step, x, _zeros(x, len(b)))[0]


def lstm(w: Weights, name: str, x: Array) -> tuple[Array, Array]:
    """The hidden and cell states of an LSTM without peepholes."""
    p = {k.removeprefix(f"{name}/"): v for k, v in w.items() if k.startswith(f"{name}/")}

    def step(x_t: Array, h: Array, c: Array) -> tuple[Array, Array]:
        i, f, g, o = (x_t @ p[f"Wx_{k}"].T + h @ p[f"Wh_{k}"].T + p[f"b_{k}"] for k in "ifgo")
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    h, c = _scan(step, x, *[_zeros(x, len(p["b_i"]))] * 2)
    return h, c


def gru(w: Weights, name: str, x: Array) -> Array:
    """The hidden states of a GRU whose reset gate follows the recurrent product."""
    p = {k.removeprefix(f"{name}/"): v for k, v in w.items() if k.startswith(f"{name}/")}

    def step(x_t: Array, h: Array) -> tuple[Array]:
        r, z = (sigmoid(x_t @ p[f"Wx_{k}"].T + h @ p[f"Wh_{k}"].T + p[f"b_{k}"]) for k in "rz")
        n = np.tanh(x_t @ p["Wx_n"].T + p["bx_n"] + r * (h @ p["Wh_n"].T + p["bh_n"]))
        return ((1 - z) * n + z * h,)

    return _scan(step, x, _zeros(x, len(p["bh_n"])))[0]

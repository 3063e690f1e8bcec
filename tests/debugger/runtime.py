"""Another runtime to be tested: an LSTM in plain numpy, with the mistakes that ports have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstep import Layer, Model, build_layer, load_cell
from rnnstep.layer import Link
from rnnstep.vectors import Judgement, Results, Vectors, judge, read_results
from tests.debugger.runs import D, H, layer_of, lstm, stack

Values = npt.NDArray[Any]


@dataclass
class Runtime:
    """An LSTM in numpy, with a mistake that a port may have."""

    weights: Mapping[str, Values]
    state: tuple[int, int] = (0, 1)
    dtype: Any = np.float32
    drift: float = 0.0
    sigmoid: Callable[[Values], Values] = lambda a: 1 / (1 + np.exp(-a))
    reset: bool = False

    def run(self, x: Values, state: Values) -> tuple[Values, Values]:
        """The outputs, (timesteps, H), and the last states, (2 H,)."""
        with np.errstate(over="ignore"):
            return self._run(x, state)

    def _run(self, x: Values, state: Values) -> tuple[Values, Values]:
        halves = state.reshape(2, H)
        h, c = (halves[place].astype(self.dtype) for place in self.state)
        outputs = []
        for t, x_t in enumerate(x):
            if self.reset and t:
                h, c = np.zeros_like(h), np.zeros_like(c)
            i, f, o = (self.sigmoid(self.gate(gate, x_t, h)) for gate in "ifo")
            c = (f * c + i * np.tanh(self.gate("g", x_t, h))).astype(self.dtype)
            h = (o * np.tanh(c) + self.drift * t).astype(self.dtype)
            outputs.append(h)
        return np.stack(outputs), np.concatenate([h, c])

    def gate(self, gate: str, x_t: Values, h: Values) -> Values:
        w = {k: v.astype(self.dtype) for k, v in self.weights.items()}
        x_t = x_t.astype(self.dtype)
        return np.asarray(w[f"Wx_{gate}"] @ x_t + w[f"Wh_{gate}"] @ h + w[f"b_{gate}"])


def weights() -> dict[str, Values]:
    return {name: np.array(array) for name, array in lstm().layers[0].weights.items()}


def answer(vectors: Vectors, runtime: Runtime) -> Results:
    found = Results()
    for vector in vectors.vectors:
        outputs, found.finals[vector.name] = runtime.run(vector.x, vector.state)
        found.outputs[vector.name] = dict(enumerate(outputs))
    return found


def lines_of(results: Results, digits: int = 9) -> list[str]:
    written = []
    for name, rows in results.outputs.items():
        for t, row in rows.items():
            written.append(f"{name} {t} " + " ".join(f"{x:.{digits}g}" for x in row))
        if name in results.finals:
            state = " ".join(f"{x:.{digits}g}" for x in results.finals[name])
            written.append(f"{name} state {state}")
    return written


def judged(path: Path, vectors: Vectors) -> Judgement:
    return judge(vectors, read_results(path, vectors), path.name)


def layers(*made: Layer) -> Model:
    return Model(made)


def embedding() -> Layer:
    table = np.random.default_rng(0).normal(size=(6, D)).astype(np.float32)
    return build_layer("emb", load_cell("Embedding"), {"E": table})


def masked() -> Model:
    mask = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    held = (
        lstm()
        .layers[0]
        .replaced(
            cell=load_cell("LSTM", hold_at_padding=True),
            reads=(Link("mask"), Link("mask", "m_t")),
        )
    )
    return layers(mask, held)


def both_ways() -> Model:
    forward = layer_of("LSTM", "f", D, 1).replaced(reads=(Link(),))
    back = layer_of("GRU", "b", D, 2).replaced(reads=(Link(),), reverse=True)
    reads = (Link("f"), Link("b"))
    join = build_layer("both", load_cell("BidirectionalConcat"), {}, np.float32, reads=reads)
    return layers(forward, back, join)


def dense() -> Model:
    random = np.random.default_rng(3)
    weights = {"W": random.normal(size=(2, D)), "b": random.normal(size=2)}
    return layers(build_layer("dense", load_cell("Dense"), weights, np.float32))


MODELS: dict[str, Callable[[], Model]] = {
    "LSTM": lstm,
    "stack": stack,
    "embedding": lambda: layers(embedding(), *lstm().layers),
    "masked": masked,
    "both ways": both_ways,
    "dense": dense,
    "any features": lambda: layers(build_layer("act", load_cell("Activation"), {}, np.float32)),
    "float64": lambda: layers(
        build_layer("lstm", load_cell("LSTM"), lstm().layers[0].weights, np.float64)
    ),
    "float16": lambda: layers(
        build_layer("lstm", load_cell("LSTM"), lstm().layers[0].weights, np.float16)
    ),
}

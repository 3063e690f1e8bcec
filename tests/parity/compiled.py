"""Models for the compiled machine, and what it is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnstep import Model, Trace, build_layer, load_cell

T, D, H = 200, 3, 21
CELLS = ["SimpleRNN", "GRU", "GRUResetBefore", "LSTM", "LSTMPeephole", "LSTMProjected", "IndRNN"]
TOLERANCE = {np.float32: 2e-6, np.float64: 4e-15}
"""Of values within -1…1: a step's products and functions differ by a few units in the last place
(2⁻²⁴ and 2⁻⁵³), and cells whose recurrent weights shrink what is carried do not let it grow."""


def model(
    cell: str, dtype: Any = np.float32, options: dict[str, str] | None = None, hidden: int = H
) -> Model:
    random, listing = np.random.default_rng(0), load_cell(cell, options)
    sizes = {"input": D, "hidden": hidden, "projection": 5}
    bound = 0.5 * hidden**-0.5
    weights = {
        w.name: random.uniform(-bound, bound, [sizes[str(a)] for a in w.shape]).astype(dtype)
        for w in listing.weights
    }
    return Model((build_layer("layer", listing, weights),))


def inputs() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(T, D)).astype(np.float32)


def states(of: Model) -> dict[str, Any]:
    layer, random = of.layers[0], np.random.default_rng(2)
    return {s.name: random.uniform(-1, 1, layer.shape(s.name)) for s in layer.cell.states}


def both(of: Model, monkeypatch: pytest.MonkeyPatch, xs: np.ndarray) -> tuple[Trace, Trace]:
    monkeypatch.setattr("rnnstep.program.fast.PAYS", 1e9)
    by_numpy = Trace(of, xs, states(of))
    assert not by_numpy.compiled
    monkeypatch.setattr("rnnstep.program.fast.PAYS", -1.0)
    compiled = Trace(of, xs, states(of))
    assert compiled.compiled
    return by_numpy, compiled

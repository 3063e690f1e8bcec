"""The compiled machine beside NumPy: near it in value, and equal to itself in every bit."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from rnnstep import Model, Trace, build_layer, load_cell
from rnnstep.program import load_machine

pytest.importorskip("numba")

T, D, H = 200, 3, 21
CELLS = ["SimpleRNN", "GRU", "GRUResetBefore", "LSTM", "LSTMPeephole", "LSTMProjected", "IndRNN"]
ACTIVATIONS: list[dict[str, str]] = [
    {},
    {"activation": "relu"},
    {"activation": "linear"},
    {"recurrent_activation": "hard_sigmoid"},
    {"recurrent_activation": "hard_sigmoid_keras2"},
]
TOLERANCE = {np.float32: 2e-6, np.float64: 4e-15}
"""Of values within -1…1: a step's products and functions differ by a few units in the last place
(2⁻²⁴ and 2⁻⁵³), and cells whose recurrent weights shrink what is carried do not let it grow."""


@pytest.fixture(autouse=True)
def compiled_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short runs, too, and each from its second block on."""
    monkeypatch.setattr("rnnstep.program.fast.PAYS", -1.0)
    monkeypatch.setattr("rnnstep.program.fast.AFTER", 1)
    monkeypatch.setattr("rnnstep.sweep._LONGEST", 8)


def model(cell: str, dtype: Any = np.float32, options: dict[str, str] | None = None) -> Model:
    random, listing = np.random.default_rng(0), load_cell(cell, options)
    sizes = {"input": D, "hidden": H, "projection": 5}
    bound = 0.5 * H**-0.5
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


def test_the_machine_can_be_had() -> None:
    assert load_machine(np.dtype(np.float32)) is not None
    assert load_machine(np.dtype(np.float64)) is not None
    assert load_machine(np.dtype(np.float16)) is None


def both(of: Model, monkeypatch: pytest.MonkeyPatch, xs: np.ndarray) -> tuple[Trace, Trace]:
    monkeypatch.setattr("rnnstep.program.fast.PAYS", 1e9)
    by_numpy = Trace(of, xs, states(of))
    assert not by_numpy.compiled
    monkeypatch.setattr("rnnstep.program.fast.PAYS", -1.0)
    compiled = Trace(of, xs, states(of))
    assert compiled.compiled
    return by_numpy, compiled


@pytest.mark.parametrize(
    ("cell", "options", "dtype"), list(product(CELLS, ACTIVATIONS, TOLERANCE)), ids=str
)
def test_values_are_those_of_numpy(
    cell: str, options: dict[str, str], dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not options.keys() <= load_cell(cell).options.keys():
        options = {}
    of = model(cell, dtype, options)
    by_numpy, compiled = both(of, monkeypatch, inputs())
    for name in of.layers[0].cell.values:
        theirs, ours = by_numpy.series(name), compiled.series(name)
        scale = max(1.0, float(np.max(np.abs(theirs))))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[dtype] * scale)
    assert compiled.model.layers[0]._program._recurrence._compiled is not None

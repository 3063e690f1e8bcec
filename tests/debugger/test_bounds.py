"""Bounds of values: what they call finite is, and ordinary layers are called so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnstep.breaks.bounds import Bounds
from rnnstep.layer import Layer
from tests.parity.compiled import CELLS, inputs, model

SCALES = [1.0, 1e10, 1e18, 1e30, 3e37]


def scaled(cell: str, by: float) -> Layer:
    layer = model(cell).layers[0]
    weights = {name: weight * np.float32(by) for name, weight in layer.weights.items()}
    return layer.replaced(weights=weights)


@given(st.sampled_from(CELLS), *[st.sampled_from(SCALES)] * 2)
@example("LSTM", 1.0, 3e37)
def test_what_is_called_finite_is(cell: str, weights: float, values: float) -> None:
    layer = scaled(cell, weights)
    xs = inputs()[:20] * np.float32(values)
    run = layer.run({layer.cell.input.name: xs}, {0: layer.first_state})
    names = [d.name for d in (*layer.cell.inputs, *layer.cell.states)]
    sizes = {name: float(np.max(np.abs(run[name]))) for name in names}
    if Bounds(layer).finite(sizes):
        assert all(np.isfinite(run[name]).all() for name in layer.cell.values)


@pytest.mark.parametrize("cell", CELLS)
def test_ordinary_layers_are_called_finite(cell: str) -> None:
    layer = model(cell).layers[0]
    bounds = Bounds(layer)
    sizes = dict.fromkeys((d.name for d in (*layer.cell.inputs, *layer.cell.states)), 10.0)
    assert bounds.finite(sizes)
    assert bounds.finite(dict.fromkeys(sizes, 5.0))
    for bad in (np.nan, np.inf):
        assert not bounds.finite(sizes | {layer.cell.input.name: bad})
    assert bounds.finite(sizes)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 3e38])
def test_a_weight_that_may_make_infinity_is_no_proof(bad: float) -> None:
    layer = model("LSTM").layers[0]
    kernel = layer.weights["Wh_f"].copy()
    kernel[3, 2] = bad
    layer = layer.replaced(weights={**layer.weights, "Wh_f": kernel})
    assert not Bounds(layer).finite({"x_t": 1.0, "h_prev": 1.0, "c_prev": 1.0})


def test_what_has_no_bound_is_no_proof() -> None:
    layer = model("SimpleRNN", options={"activation": "softplus"}).layers[0]
    assert not Bounds(layer).finite({"x_t": 1.0, "h_prev": 1.0})

"""Many sequences side by side: each has the values that it has alone, within a few roundings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep import Batch, InputError, Model, Trace, UnknownNameError, build_layer, load_cell
from rnnstep.layer import Link
from tests.model.test_cells_by_hand import CASES, EPS, SIZES, WIDE, setting
from tests.time.test_directions import both
from tests.time.test_trace import model as lstm

N = 6
# the bound of test_cells_by_hand: a product of matrices may round otherwise than that of a vector,
# by so much of the numbers that it adds up, which may be larger than their sum


def assert_alone(batch: Batch, model: Model, state: dict[str, Any] | None = None) -> None:
    """Every value of every sample is that of its own run."""
    for sample, xs in enumerate(batch.xs):
        own = {name: array[sample] for name, array in (state or {}).items()}
        alone = Trace(model, xs, own)
        for name in batch:
            expected, found = alone.series(name), batch[name][sample]
            assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
            most = EPS * float(np.finfo(expected.dtype).eps) * max(float(abs(expected).max()), 1.0)
            np.testing.assert_allclose(found, expected, rtol=0, atol=most, err_msg=name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", [SIZES, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize(("name", "functions"), CASES)
def test_every_value_of_every_cell(
    name: str, functions: tuple[str, ...], sizes: dict[str, int], dtype: str
) -> None:
    cell, model, xs, states = setting(name, functions, dtype, sizes)
    # as large as they can be without each step making more of the last one's rounding
    tamed = (SIZES["hidden"] / sizes["hidden"]) ** 0.5
    weights = {k: w * tamed if w.ndim == 2 else w for k, w in model.layers[0].weights.items()}
    model = Model((build_layer("layer", cell, weights, dtype),))
    random = np.random.default_rng(3)
    many = random.normal(size=(N, *xs.shape)).astype(dtype)
    state = {k: random.uniform(-0.6, 0.6, (N, *v.shape)).astype(dtype) for k, v in states.items()}
    batch = Batch(model, many, state)
    assert_alone(batch, model, state)
    for carried, array in state.items():
        assert np.array_equal(batch[carried][:, 0], array)


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("how", ["Concat", "Ave"])
def test_layers_of_both_directions(how: str, final: bool) -> None:
    random = np.random.default_rng(4)
    xs = random.normal(size=(N, 11, 3)).astype(np.float32)
    states = {name: random.normal(size=(N, 4)) for name in ("f/h_prev", "b/h_prev", "b/c_prev")}
    assert_alone(Batch(both(how, final), xs, states), both(how, final), states)


def test_padding_is_held_in_each_sample_by_itself() -> None:
    xs = np.random.default_rng(5).normal(size=(N, 9, 3)).astype(np.float32)
    for sample in range(N):
        xs[sample, sample + 1 :] = 0
    cell = load_cell("LSTM", hold_at_padding=True)
    mask = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    reads = (Link("mask"), Link("mask", "m_t"))
    held = build_layer("lstm", cell, lstm(seed=1).layers[0].weights, np.float32, reads=reads)
    model = Model((mask, held))
    batch = Batch(model, xs)
    assert_alone(batch, model)
    assert np.array_equal(batch["lstm/h_t"][2, 2], batch["lstm/h_t"][2, -1])


ODD = """
input  x_t:    input
state  h_prev: hidden
state  n_prev: scalar
weight W:      hidden, input
weight keep:   hidden
weight share:  scalar

W_x  = W @ x_t
n_t  = n_prev + x_t[0] * share
most = max(W_x)
part = softmax(W_x - most)
h_t  = where(n_t > 0, keep * h_prev + (1 - keep) * part, h_prev / norm(h_prev + 1))
both = concat(h_t, W_x)
last = both[2] * n_t
"""


def test_numbers_reductions_and_indices_are_those_of_each_sample(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(ODD)
    random = np.random.default_rng(6)
    weights = {"W": random.normal(size=(4, 3)), "keep": np.full(4, 0.3), "share": np.array(0.5)}
    model = Model((build_layer("odd", load_cell(str(path)), weights, np.float64),))
    state = {"h_prev": random.normal(size=(N, 4)), "n_prev": random.normal(size=N)}
    assert_alone(Batch(model, random.normal(size=(N, 10, 3)), state), model, state)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_numbers_of_rows(dtype: str) -> None:
    table = np.random.default_rng(7).normal(size=(3000, 3))
    rows = build_layer("rows", load_cell("Embedding"), {"E": table}, dtype, reads=(Link(),))
    model = Model((rows,))
    xs = np.random.default_rng(8).integers(0, 3000, (N, 5, 1))
    batch = Batch(model, xs)
    assert np.array_equal(batch["y_t"], table.astype(dtype)[xs[:, :, 0]])
    xs[4, 2] = 3000
    with pytest.raises(InputError, match=r"^sample 4: the sequence has 3000 at t = 2"):
        Batch(model, xs)


def test_a_part_of_it_and_a_timestep_are_those_of_the_whole() -> None:
    xs = np.random.default_rng(9).normal(size=(N, 13, 3)).astype(np.float32)
    batch = Batch(lstm(), xs)
    assert np.array_equal(batch.series("c_t", 3, 9), batch["c_t"][:, 3:9])
    for step in batch.frames():
        assert step["o_t"].shape == (N, 4)
        assert np.array_equal(step["o_t"], batch["o_t"][:, step.t])
    assert np.array_equal(batch.initial["h_t"], np.zeros((N, 4)))
    assert batch.series("h_t", 3, 3).shape == (N, 0, 4)
    assert not batch["h_t"].flags.writeable
    assert len(batch) == len([*batch]) == len(lstm().value_names)


def test_a_short_series_keeps_no_long_block() -> None:
    xs = np.random.default_rng(9).normal(size=(N, 100, 3)).astype(np.float32)
    batch = Batch(lstm(), xs)
    for name in ("h_t", "i_t"):
        for stop in (1, 100):
            series = batch.series(name, 0, stop)
            owner: Any = series.base
            assert owner.nbytes <= 4 * series.nbytes
            np.testing.assert_array_equal(series, batch[name][:, :stop])


def test_what_does_not_fit_is_told() -> None:
    xs = np.zeros((N, 5, 3), np.float32)
    with pytest.raises(InputError, match=r"shape \(5, 3\); it takes \(samples, timesteps, feat"):
        Batch(lstm(), xs[0])
    with pytest.raises(InputError, match=r"sample 0: the sequence has shape \(5, 2\)"):
        Batch(lstm(), xs[:, :, :2])
    with pytest.raises(InputError, match=r"shape \(4,\); the model takes \(6, 4\)"):
        Batch(lstm(), xs, {"h_prev": np.zeros(4)})
    batch = Batch(lstm(), xs)
    with pytest.raises(UnknownNameError, match="no value 'h_x'"):
        batch["h_x"]
    with pytest.raises(IndexError, match="no timestep 5: the run has 0 to 4"):
        batch.frame(5)
    with pytest.raises(IndexError, match="no timesteps 6 to 5: the run has 5"):
        batch.series("h_t", 6)

"""A batch on the compiled machine beside the same on NumPy, and the same bits however it is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep import Batch, Model, Trace, build_layer, load_cell
from rnnstep.layer import Link
from rnnstep.program import workers
from rnnstep.program.batch_compiled import CompiledBatch
from rnnstep.program.fast import load_batch_machine
from rnnstep.side_by_side import side_by_side
from tests.parity.compiled import CELLS, TOLERANCE, D, model
from tests.time.test_directions import both

pytest.importorskip("numba")

T = 11
COUNTS = [1, 3, 8, 37]
ACTIVATIONS: list[dict[str, str]] = [
    {"activation": "relu"},
    {"activation": "linear"},
    {"recurrent_activation": "hard_sigmoid"},
    {"recurrent_activation": "hard_sigmoid_keras2"},
]


def many(count: int, dtype: Any = np.float32, features: int = D) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, T, features)).astype(dtype)


def states(of: Model, count: int) -> dict[str, Any]:
    random = np.random.default_rng(2)
    return {
        of.qualified(place, state.name): random.uniform(-1, 1, (count, *layer.shape(state.name)))
        for place, layer in enumerate(of.layers)
        for state in layer.cell.states
    }


def run(
    of: Model, xs: np.ndarray, monkeypatch: pytest.MonkeyPatch, fast: bool = True, **how: Any
) -> Batch:
    monkeypatch.setattr("rnnstep.program.fast.PAYS", 0.0 if fast else 1e9)
    monkeypatch.setattr("rnnstep.program.batch.FEW", 1)
    batch = Batch(of, xs, states(of, len(xs)), **how)
    assert any(sweep.compiled_from == 0 for sweep in batch._run.sweeps) == fast
    return batch


def compiled_of(batch: Batch, layer: int = 0) -> CompiledBatch | None:
    found: Any = batch.model.layers[layer]
    compiled: CompiledBatch | None = found._batch_program._compiled
    return compiled


def assert_near_numpy(of: Model, xs: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Batch:
    ours, theirs = run(of, xs, monkeypatch), run(of, xs, monkeypatch, fast=False)
    for name in theirs:
        expected = theirs[name]
        scale = max(1.0, float(np.max(np.abs(expected))))
        atol = TOLERANCE[expected.dtype.type] * scale
        np.testing.assert_allclose(ours[name], expected, rtol=0, atol=atol, err_msg=name)
    return ours


def test_the_machine_can_be_had() -> None:
    assert load_batch_machine(np.dtype(np.float32)) is not None
    assert load_batch_machine(np.dtype(np.float64)) is not None
    assert load_batch_machine(np.dtype(np.float16)) is None


@pytest.mark.parametrize("hidden", [5, 16, 21, 100])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_values_are_those_of_numpy(
    cell: str, dtype: Any, hidden: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = model(cell, dtype, hidden=hidden)
    for count in COUNTS:
        assert compiled_of(assert_near_numpy(of, many(count, dtype), monkeypatch))


@pytest.mark.parametrize("options", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("cell", ["GRU", "LSTM"])
def test_activations_are_those_of_numpy(
    cell: str, options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    of = model(cell, options=options)
    assert compiled_of(assert_near_numpy(of, many(9), monkeypatch))


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("how", ["Concat", "Ave"])
def test_layers_of_both_directions(how: str, final: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = assert_near_numpy(both(how, final), many(9), monkeypatch)
    assert compiled_of(ours)


def test_padding_is_held_in_each_sample_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    xs = many(9)
    for sample in range(9):
        xs[sample, sample + 1 :] = 0
    mask = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    cell = load_cell("LSTM", hold_at_padding=True)
    weights = model("LSTM").layers[0].weights
    reads = (Link("mask"), Link("mask", "m_t"))
    held = build_layer("lstm", cell, weights, np.float32, reads=reads)
    ours = assert_near_numpy(Model((mask, held)), xs, monkeypatch)
    assert compiled_of(ours, 1)
    assert np.array_equal(ours["lstm/c_t"][2, 2], ours["lstm/c_t"][2, -1])


OWN = """
input  x_t:    input
state  h_prev: hidden
state  s_prev: hidden
state  k_prev: scalar
weight W:      hidden, input
weight U:      hidden, hidden
weight V:      hidden, hidden
weight b:      hidden
weight keep:   hidden
weight rate:   scalar

W_x = W @ x_t
U_h = U @ h_prev
h_t = tanh(W_x * k_prev)
q   = abs(W_x)
V_q = V @ q
z   = U_h + V_q + b
s_t = where(z, tanh(z) + (1 - keep * 2) * s_prev, -s_prev) / 2
k_t = k_prev * rate + 0.1
"""
MATRIX = """
input  x_t:    input
state  h_prev: hidden
state  A_prev: hidden, hidden
weight W:      hidden, input
weight b:      hidden

W_x = W @ x_t
A_h = A_prev @ h_prev
h_t = tanh(W_x + A_h + b)
A_t = 0.9 * A_prev
"""
LACKING = OWN.replace("abs(W_x)", "softplus(W_x)")


def own(tmp_path: Path, text: str, dtype: Any = np.float32) -> Model:
    path = tmp_path / "own.txt"
    path.write_text(text)
    random, cell = np.random.default_rng(3), load_cell(str(path))
    sizes = {"input": D, "hidden": 21}
    weights = {
        w.name: random.uniform(-0.2, 0.2, [sizes[str(a)] for a in w.shape]).astype(dtype)
        for w in cell.weights
    }
    return Model((build_layer("own", cell, weights, dtype),))


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_numbers_and_sums_of_products_of_a_cell_of_ones_own(
    dtype: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a product reads is made anew before its sum is: it must be multiplied before that."""
    assert compiled_of(assert_near_numpy(own(tmp_path, OWN, dtype), many(9, dtype), monkeypatch))


@pytest.mark.parametrize("text", [LACKING, MATRIX], ids=["function", "matrix"])
def test_what_the_machine_lacks_runs_on_numpy(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, xs = own(tmp_path, text), many(9)
    ours, theirs = run(of, xs, monkeypatch), run(of, xs, monkeypatch, fast=False)
    for name in theirs:
        np.testing.assert_array_equal(ours[name], theirs[name])
    assert compiled_of(ours) is None


def test_what_is_too_large_for_a_copy_runs_on_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.program.translate.OUTSIDE", 2**10)
    ours = assert_near_numpy(model("LSTM"), many(9), monkeypatch)
    assert compiled_of(ours) is None


def test_a_matrix_that_is_a_value_is_not_compiled_for_one_sequence_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken for a weight, and so stayed what it was at first."""
    of, xs = own(tmp_path, MATRIX), many(2)
    batch = run(of, xs, monkeypatch)
    monkeypatch.setattr("rnnstep.program.fast.AFTER", 0)
    for sample, alone in enumerate(xs):
        state = {name: array[sample] for name, array in states(of, 2).items()}
        trace = Trace(of, alone, state)
        assert trace.compiled
        np.testing.assert_allclose(batch["h_t"][sample], trace.series("h_t"), rtol=0, atol=2e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("cell", ["GRU", "LSTM"])
def test_what_is_not_finite_flows_as_in_numpy(
    cell: str, bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, xs = model(cell), many(9)
    xs[4, 5, 1] = bad
    ours, theirs = run(of, xs, monkeypatch), run(of, xs, monkeypatch, fast=False)
    for name in of.layers[0].cell.carried.values():
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=2e-6)


@pytest.fixture(params=[2, 3])
def several(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """So many workers, for anything at all."""
    monkeypatch.setattr(workers, "count", lambda: request.param)
    monkeypatch.setattr(workers, "WORTH", 0)
    workers.forget()
    yield request.param
    workers.forget()


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_neither_workers_nor_other_samples_change_a_bit(
    cell: str, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    xs, carried = many(37, dtype), load_cell(cell).carried.values()
    # each of a layer of its own: what a layer runs by is kept
    together = run(model(cell, dtype), xs, monkeypatch)
    found = {name: together[name] for name in carried}
    monkeypatch.setattr(workers, "count", lambda: 1)
    alone = run(model(cell, dtype), xs, monkeypatch)
    of = model(cell, dtype)
    few = Batch(of, xs[3:8], {name: a[3:8] for name, a in states(of, 37).items()})
    for name, values in found.items():
        np.testing.assert_array_equal(values, alone[name])
        np.testing.assert_array_equal(values[3:8], few[name])


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_what_is_made_again_is_what_was_carried(cell: str, dtype: Any) -> None:
    """The values beside those that are carried are made when they are asked for."""
    of = model(cell, dtype)
    layer = side_by_side(of.layers[0], 9)
    starts = {name: array.astype(dtype) for name, array in states(of, 9).items()}
    window = layer.run({"x_t": many(9, dtype).swapaxes(0, 1)}, {0: starts}, fast=True)
    assert layer._batch_program._compiled
    for name in layer.cell.carried.values():
        again = layer._batch_program._asked(name, window)
        np.testing.assert_array_equal(again, window[name])


def test_any_order_and_any_budget_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.blocks._LONGEST", 4)
    monkeypatch.setattr("rnnstep.blocks._LONGEST_COMPILED", 8)
    monkeypatch.setattr("rnnstep.blocks._SHORTEST", 4)
    monkeypatch.setattr("rnnstep.sweep._BLOCKS_BYTES", 1)
    of, xs = model("LSTM"), many(9)
    straight = {name: run(of, xs, monkeypatch)[name] for name in ("h_t", "c_t", "i_t", "a_f")}
    batch = run(of, xs, monkeypatch, budget=1)
    for t in (10, 3, 7, 0, 9):
        for name, values in straight.items():
            np.testing.assert_array_equal(batch.frame(t)[name], values[:, t])

"""The compiled machine beside NumPy: near it in value, whatever it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from itertools import product
from platform import libc_ver
from typing import Any

import numpy as np
import pytest

from rnnstep import Trace, build_layer, load_cell
from rnnstep.cells import Cell
from rnnstep.cells.variants import masked
from rnnstep.equations import FUNCTIONS
from rnnstep.program import fast, load_machine
from rnnstep.program.opcodes import OPCODES, Row, table_of
from rnnstep.program.products import read_only
from rnnstep.selftest import selftest
from tests.parity.compiled import CELLS, TOLERANCE, T, both, inputs, model, states

pytest.importorskip("numba")
pytestmark = pytest.mark.usefixtures("compiled_early")

ACTIVATIONS: list[dict[str, str]] = [
    {},
    {"activation": "relu"},
    {"activation": "linear"},
    {"recurrent_activation": "hard_sigmoid"},
    {"recurrent_activation": "hard_sigmoid_keras2"},
]


def test_the_machine_can_be_had() -> None:
    assert load_machine(np.dtype(np.float32)) is not None
    assert load_machine(np.dtype(np.float64)) is not None
    assert load_machine(np.dtype(np.float16)) is None


def test_where_numba_is_told_to_compile_nothing_numpy_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    fast._loaded.cache_clear()
    try:
        assert load_machine(np.dtype(np.float32)) is None
    finally:
        fast._loaded.cache_clear()


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


@pytest.mark.parametrize("hidden", [100, 600])
def test_large_products_are_left_to_numpy(hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four matrices of 600×600 numpy computes the product, between the machine's pieces."""
    monkeypatch.setattr("rnnstep.program.translate.OUTSIDE", 2**20)
    by_numpy, compiled = both(model("LSTM", hidden=hidden), monkeypatch, inputs())
    for name in ("h_t", "c_t", "a_f"):
        theirs, ours = by_numpy.series(name), compiled.series(name)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[np.float32])
    runs = compiled.model.layers[0]._program._recurrence._compiled
    assert runs is not None
    assert len(runs._forwards.pieces) == len(runs._again) == (1 if hidden == 100 else 3)


def test_a_selftest_looks_at_the_machine() -> None:
    """Of whatever length the run is: it is asked if it is right, not if it pays."""
    of = model("LSTM")
    outcome = list(selftest(Trace(of, inputs(), states(of))))[-1]
    assert outcome.name == "compiled"
    assert outcome.passed
    assert outcome.comparison is not None
    assert 0 < outcome.comparison.worst < 2e-6
    assert len(outcome.comparison.trace) == T


def test_masked_steps_hold_their_state() -> None:
    text = masked((files("rnnstep.cells") / "LSTM.txt").read_text("utf-8"))
    cell = Cell.from_text(text, "LSTM", "LSTM.txt", inputs=2)
    weights = model("LSTM").layers[0].weights
    layer = build_layer("layer", cell, weights)
    random = np.random.default_rng(3)
    given = {"x_t": inputs(), "m_t": random.integers(0, 2, T).astype(np.float32)}
    start = {0: layer.first_state}
    theirs, ours = layer.run(given, start), layer.run(given, start, fast=True)
    assert layer._program._recurrence._compiled is not None
    for name in cell.values:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=TOLERANCE[np.float32])
    held = np.flatnonzero(given["m_t"][1:] == 0) + 1
    np.testing.assert_array_equal(ours["c_t"][held], ours["c_t"][held - 1])


def test_what_the_machine_lacks_runs_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    by_numpy, compiled = both(
        model("GRU", options={"activation": "softmax"}), monkeypatch, inputs()
    )
    assert compiled.model.layers[0]._program._recurrence._compiled is None
    ours, theirs = compiled.series("h_t"), by_numpy.series("h_t")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[np.float32])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("cell", CELLS)
def test_what_is_not_finite_flows_as_in_numpy(
    cell: str, bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    xs = inputs()
    xs[100, 1] = bad
    of = model(cell)
    by_numpy, compiled = both(of, monkeypatch, xs)
    for name in of.layers[0].cell.values:
        np.testing.assert_allclose(
            compiled.series(name), by_numpy.series(name), rtol=1e-5, atol=TOLERANCE[np.float32]
        )


BEYOND = [np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-45, -1e-40, 88.72, 88.73, -103.9, 3e38, -3e38]


def points() -> np.ndarray:
    found = np.concatenate([np.linspace(-110, 110, 200_001), np.geomspace(1e-40, 1, 9999), BEYOND])
    return np.concatenate([found, -found]).astype(np.float32)


def on_the_machine(name: str, xs: np.ndarray) -> np.ndarray:
    code = OPCODES[FUNCTIONS[name].into or FUNCTIONS[name].compute]
    values = np.concatenate([xs, np.zeros_like(xs)])
    table = table_of([Row(code, xs.size, xs.size, 0)])
    once = np.zeros((1, 0), xs.dtype)
    arrays = values, values[:0], read_only(once), once, once, once, np.zeros(1, np.int64)
    load_machine(xs.dtype).run(table, *arrays, 1)
    return values[xs.size :]


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid"])
def test_functions_of_float32_are_within_four_units_in_the_last_place(name: str) -> None:
    xs = points()
    with np.errstate(all="ignore"):
        exact = FUNCTIONS[name].compute(xs.astype(np.float64)).astype(np.float32)
    ours = on_the_machine(name, xs)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(exact))
    np.testing.assert_array_equal(np.isinf(ours), np.isinf(exact))
    zero = exact == 0
    np.testing.assert_array_equal(np.signbit(ours[zero]), np.signbit(exact[zero]))
    finite = np.isfinite(exact)
    units = np.abs(ours[finite] - exact[finite]) / np.spacing(np.abs(exact[finite]))
    assert units.max() <= 4


@pytest.mark.parametrize("name", ["hard_sigmoid", "hard_sigmoid_keras2", "relu", "linear", "abs"])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_functions_of_a_few_operations_have_the_bits_of_numpy(name: str, dtype: Any) -> None:
    xs = points().astype(dtype)
    with np.errstate(all="ignore"):
        theirs, ours = FUNCTIONS[name].compute(xs), on_the_machine(name, xs)
    np.testing.assert_array_equal(ours, theirs)
    known = ~np.isnan(xs)
    np.testing.assert_array_equal(np.signbit(ours[known]), np.signbit(theirs[known]))


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="another C library keeps memory its own way")
def test_what_a_run_leaves_behind_serves_the_next_one() -> None:
    """Given back to the system, each page of it would have to be had again, which takes long."""
    code = """
import resource
import numpy as np
from rnnstep import Trace
from tests.parity.compiled import model

of = model("LSTM", hidden=256)
xs = np.zeros((2000, of.input_size), np.float32)

def run():
    return Trace(of, xs).series("h_t").nbytes

size = run() // resource.getpagesize()
run()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    run()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(faults // 10, size)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, fast.VARIABLE: fast.ALWAYS},
        capture_output=True,
        text=True,
        check=True,
    )
    faults, size = map(int, done.stdout.split())
    assert faults < size / 10

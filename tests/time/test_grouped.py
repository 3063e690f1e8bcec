"""The table of a group of sequences: run in NumPy, each sequence has what it has alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnstep import Trace
from rnnstep.program import opcodes as op
from rnnstep.program.batch_tables import of_recurrence
from rnnstep.program.grouped import GROUP, Grouped
from rnnstep.program.opcodes import OPCODES, Row, operands
from rnnstep.program.panels import LANES, whole
from rnnstep.program.plan import plan_of, with_products
from rnnstep.program.recurrence import Recurrence
from tests.parity.compiled import CELLS, D, model

T = 5
FUNCTIONS: dict[int, Any] = {code: function for function, code in OPCODES.items()}


def recurrence_of(cell: str, hidden: int) -> Recurrence:
    layer = model(cell, np.float64, hidden=hidden).layers[0]
    plan = with_products(plan_of(layer.cell), layer.cell)
    shapes = {name: layer.shape(name) for name in layer.cell.values}
    return Recurrence(layer.cell, layer.weights, plan, shapes, layer.dtype)


def run(rows: list[Row], made: Grouped, values: Any, given: Any, kept: Any) -> None:
    """What the machine does with some instructions."""
    for row in rows:
        out, a, n = row.out, row.a, row.size
        if row.code == op.LOAD:
            values[out : out + GROUP * n] = given[:, a : a + n].reshape(-1)
        elif row.code == op.STORE:
            kept[:, row.b : row.b + n] = values[a : a + GROUP * n].reshape(GROUP, n)
        elif row.code == op.PRODUCT:
            add_up(made, a, values)
        elif row.code == op.FILL:
            for time in range(row.times):
                begin = out + time * row.d_out
                values[begin : begin + n] = values[a + time * row.d_a]
        else:
            places = (getattr(row, name) for name in operands(row))
            read = [values[place : place + n].copy() for place in places]
            FUNCTIONS[row.code](*read, values[out : out + n])


def add_up(made: Grouped, which: int, values: Any) -> None:
    """A sum of products."""
    total = made.sums[which]
    columns = 1 + total.first + total.second
    panels = np.concatenate(made.panels)[total.begin :][: whole(total.size) * columns]
    matrix = panels.reshape(-1, columns, LANES).transpose(0, 2, 1).reshape(-1, columns)
    vectors = [np.ones((GROUP, 1))]
    for place, size in ((total.x, total.first), (total.z, total.second)):
        vectors.append(values[place : place + GROUP * size].reshape(GROUP, size))
    product = np.hstack(vectors) @ matrix[: total.size].T
    values[total.out : total.out + product.size] = product.reshape(-1)


@pytest.mark.parametrize("hidden", [5, 16, 21])
@pytest.mark.parametrize("cell", CELLS)
def test_each_sequence_has_what_it_has_alone(cell: str, hidden: int) -> None:
    recurrence, random = recurrence_of(cell, hidden), np.random.default_rng(4)
    made = of_recurrence(recurrence)
    xs = random.normal(size=(GROUP, T, D))
    starts = {
        name: random.normal(size=(GROUP, end - first))
        for name, (first, end) in recurrence.states.places.items()
    }
    values = made.values.copy()
    kept = np.zeros((T, GROUP, len(recurrence.kept.flat)))
    run(made.starts.rows, made, values, np.hstack([*starts.values()]), kept[0])
    for t in range(T):
        run(made.rows, made, values, xs[:, t], kept[t])
    of = model(cell, np.float64, hidden=hidden)
    for sample in range(GROUP):
        trace = Trace(of, xs[sample], {name: array[sample] for name, array in starts.items()})
        for name, found in recurrence.kept.over_time(kept).items():
            expected = trace.series(name)
            np.testing.assert_allclose(found[:, sample], expected, rtol=0, atol=1e-12)


def test_a_gate_is_one_sum_and_nothing_is_copied() -> None:
    """Of an LSTM: four sums of two products and a bias, no other addition but that of the cell."""
    made = of_recurrence(recurrence_of("LSTM", 16))
    codes = [row.code for row in made.rows]
    assert [(total.first, total.second) for total in made.sums] == [(D, 16)] * 4
    assert (codes.count(op.PRODUCT), codes.count(op.ADD), codes.count(op.COPY)) == (4, 1, 0)
    biases = [model("LSTM", np.float64, hidden=16).layers[0].weights[f"b_{g}"] for g in "ifog"]
    starts = [panels[:LANES] for panels in made.panels]
    assert sorted(map(tuple, starts)) == sorted(map(tuple, biases))


def test_what_else_reads_a_product_keeps_it_a_value_of_its_own() -> None:
    """A GRU's candidate multiplies what comes of the past before it adds up."""
    made = of_recurrence(recurrence_of("GRU", 16))
    assert sorted((total.first, total.second) for total in made.sums) == [
        (D, 0),
        (D, 16),
        (D, 16),
        (16, 0),
    ]

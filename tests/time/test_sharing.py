"""Shared tables: whichever worker is the faster one between two waits, all numbers are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstep import Model
from rnnstep.program import opcodes as op
from rnnstep.program.opcodes import Row
from rnnstep.program.panels import LANES, whole
from rnnstep.program.sharing import shared
from rnnstep.program.translate import Table, Translation
from tests.parity.compiled import model

TIMESTEPS = 3


def table_of(of: Model) -> tuple[Table, int, int]:
    recurrence = of.layers[0]._program._recurrence
    regions = recurrence.given.flat, recurrence.made.flat, recurrence.states.flat
    translation = Translation(recurrence.made.flat.dtype, regions)
    carried = sum(after.size for _, after in recurrence._carried)
    return translation.table(recurrence._calls, recurrence._carried), len(regions[0]), carried


def run(
    rows: list[Row], values: Any, weights: Any, given: Any, made: Any, exchange: Any = None
) -> None:
    """What the machine does with some instructions, in NumPy."""
    two = {op.ADD: np.add, op.MULTIPLY: np.multiply, op.SUBTRACT: np.subtract}
    for row in rows:
        for time in range(row.times):
            out, a = row.out + time * row.d_out, row.a + time * row.d_a
            b, c, n = row.b + time * row.d_b, row.c, row.size
            match row.code:
                case op.LOAD:
                    values[out : out + n] = given[a : a + n]
                case op.STORE:
                    made[b + out : b + out + n] = values[a : a + n]
                case op.SEND:
                    exchange[out : out + n] = values[a : a + n]
                case op.RECEIVE:
                    values[out : out + n] = exchange[a : a + n]
                case op.PRODUCT:
                    panels = weights[b : b + whole(n) * c].reshape(-1, c, LANES)
                    matrix = panels.transpose(0, 2, 1).reshape(-1, c)[:n]
                    products = matrix * values[a : a + c]
                    values[out : out + n] = [sum(row) for row in products.tolist()]
                case op.FILL:
                    values[out : out + n] = values[a]
                case op.COPY:
                    values[out : out + n] = values[a : a + n]
                case op.SIGMOID | op.TANH:
                    values[out : out + n] = np.tanh(values[a : a + n])
                case code:
                    values[out : out + n] = two[code](values[a : a + n], values[b : b + n])


def stretches(rows: Sequence[Row]) -> list[list[tuple[int, Row]]]:
    """What a worker does over all timesteps, with the timestep, from one wait to the next."""
    found: list[list[tuple[int, Row]]] = [[]]
    for t in range(TIMESTEPS):
        for row in rows:
            if row.code == op.WAIT:
                found.append([])
            else:
                found[-1].append((t, row))
    return found


@pytest.mark.parametrize("cell", ["SimpleRNN", "GRU", "LSTM"])
@pytest.mark.parametrize("hidden", [21, 32, 100])
@settings(max_examples=20)
@given(st.data(), st.integers(2, 4))
def test_the_order_of_the_workers_changes_nothing(
    cell: str, hidden: int, data: st.DataObject, workers: int
) -> None:
    table, given_size, carried = table_of(model(cell, hidden=hidden))
    [rows] = table.forwards
    assert isinstance(rows, list)
    given = np.random.default_rng(0).normal(size=(TIMESTEPS, given_size)).astype(np.float32)
    alone, together = (np.zeros((TIMESTEPS, carried), np.float32) for _ in range(2))
    values = table.values.copy()
    for t in range(TIMESTEPS):
        run(rows, values, table.weights, given[t], alone[t])

    shares = shared(rows, workers, len(table.values))
    buffers = [table.values.copy() for _ in range(workers)]
    exchange = np.zeros((2, shares.exchanged), np.float32)
    for stretch in zip(*map(stretches, shares.tables), strict=True):
        for worker in data.draw(st.permutations(range(workers))):
            for t, row in stretch[worker]:
                of_this_turn = exchange[t % 2]
                run([row], buffers[worker], table.weights, given[t], together[t], of_this_turn)
    np.testing.assert_array_equal(together, alone)


def test_units_stay_with_their_worker() -> None:
    """Of an LSTM each worker has the same rows of all gates, and waits once in a timestep."""
    table, _, _ = table_of(model("LSTM", hidden=64))
    [rows] = table.forwards
    assert isinstance(rows, list)
    for number, share in enumerate(shared(rows, 2, len(table.values)).tables):
        codes = [row.code for row in share]
        assert codes.count(op.WAIT) == codes.count(op.SEND) == codes.count(op.RECEIVE) == 1
        [product] = (row for row in share if row.code == op.PRODUCT)
        begin = 32 * number * product.c
        assert (product.size, product.times, product.b, product.d_b) == (32, 4, begin, 64 * 64)

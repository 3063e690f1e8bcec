"""The compiled machine on several workers: the bits of one alone, for every cell."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Semaphore, get_ident
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rnnstep import Model, Trace
from rnnstep.program import compiled, workers
from tests.parity.compiled import CELLS, TOLERANCE, inputs, model, states

pytest.importorskip("numba")
pytestmark = pytest.mark.usefixtures("compiled_early")


@pytest.fixture(params=[2, 3])
def several(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """So many workers, for anything at all."""
    monkeypatch.setattr(workers, "count", lambda: request.param)
    monkeypatch.setattr(workers, "WORTH", 0)
    monkeypatch.setattr(workers, "pause", lambda: None)
    monkeypatch.setattr(compiled, "SHARED", 0)
    workers.forget()
    yield request.param
    workers.forget()


def values_of(of: Model) -> dict[str, Any]:
    trace = Trace(of, inputs(), states(of))
    assert trace.compiled
    return {name: trace.series(name) for name in of.layers[0].cell.values}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("hidden", [21, 32, 100])
def test_any_number_of_workers_gives_the_same_bits(
    cell: str, dtype: Any, hidden: int, several: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = model(cell, dtype, hidden=hidden)
    together = values_of(of)
    runs = of.layers[0]._program._recurrence._compiled
    assert runs is not None
    assert runs._forwards.team is not None
    assert len(runs._forwards.team._members) == several
    monkeypatch.setattr(workers, "count", lambda: 1)
    for name, alone in values_of(of).items():
        np.testing.assert_array_equal(together[name], alone)


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_made_again_is_what_was_carried(cell: str) -> None:
    """The values beside those that are carried are made when they are asked for."""
    of = model(cell)
    layer, rows = of.layers[0], {of.layers[0].cell.input.name: inputs()}
    starts = {0: layer.first_state, 50: {n: np.asarray(v) for n, v in states(of).items()}}
    window = layer.run(rows, starts, fast=True)
    carried = {name: window[name] for name in layer.cell.carried.values()}
    recurrence = layer._program._recurrence
    again = recurrence.again(window)
    for name, values in carried.items():
        np.testing.assert_array_equal(again[name], values)
    assert again.keys() > carried.keys()


def test_a_run_that_is_broken_off_leaves_no_worker_waiting(
    several: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by Ctrl-C between the beginning of the others and the own part."""
    of = model("LSTM", hidden=32)
    expected = Trace(of, inputs()).series("h_t")
    compiled_run = of.layers[0]._program._recurrence._compiled
    assert compiled_run is not None
    team = compiled_run._forwards.team
    assert team is not None
    machine = team._machine
    begun, ended = Semaphore(0), list[int]()

    def broken(table: Any, *rest: Any) -> Any:
        if table is team._members[0].table:
            for _ in range(several - 1):
                assert begun.acquire(timeout=60)
            raise KeyboardInterrupt
        begun.release()
        found = machine.run(table, *rest)
        ended.append(get_ident())
        return found

    monkeypatch.setattr(team, "_machine", SimpleNamespace(run=broken))
    with pytest.raises(KeyboardInterrupt):
        Trace(of, inputs()).series("h_t")
    monkeypatch.setattr(team, "_machine", machine)
    np.testing.assert_array_equal(Trace(of, inputs()).series("h_t"), expected)
    assert len(ended) == several - 1

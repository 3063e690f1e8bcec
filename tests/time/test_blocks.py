"""What is kept of a long run: no more of it the longer it is."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from rnnstep import Batch, Model, Trace, build_layer, load_cell
from rnnstep.blocks import Blocks

H, T = 64, 2000


def long_run() -> Trace:
    random, listing = np.random.default_rng(0), load_cell("LSTM")
    sizes = {"input": 2, "hidden": H}
    weights = {
        w.name: random.normal(size=[sizes[str(a)] for a in w.shape]).astype(np.float32) / 8
        for w in listing.weights
    }
    model = Model((build_layer("layer", listing, weights),))
    return Trace(model, random.normal(size=(T, 2)).astype(np.float32))


def test_one_value_of_a_long_run_does_not_hold_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The series has 0.5 MiB, all values of the run more than 10."""
    monkeypatch.setattr("rnnstep.sweep._BLOCKS_BYTES", 2**17)
    trace = long_run()
    tracemalloc.start()
    series = trace.series("h_t")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert series.shape == (T, H)
    assert peak < 3 * series.nbytes


def test_blocks_whose_every_value_was_asked_for_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.sweep._BLOCKS_BYTES", 2**20)
    trace = long_run()
    tracemalloc.start()
    for step in trace.frames():
        for name in step:
            assert step[name].size
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 2 * 2**20


def test_the_blocks_of_a_batch_are_equally_long() -> None:
    """A rest of a few timesteps takes a good part of what a whole block takes."""
    model = long_run().model
    batch = Batch(model, np.zeros((256, 100, 2), np.float32))
    blocks = Blocks.of(batch.timesteps, batch.model.makings[0])
    lengths = [len(blocks.places(number)) for number in range(blocks.count)]
    assert len(lengths) > 1
    assert sum(lengths) == batch.timesteps
    assert max(lengths) - min(lengths) < len(lengths)

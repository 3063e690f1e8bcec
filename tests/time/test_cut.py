"""Which timesteps are run together, and that a run is the same however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Model, Trace, build_layer, load_cell
from rnnstep.blocks import Blocks
from rnnstep.program.fast import AFTER

SHORT, LONG = 4, 12


@st.composite
def cut(draw: st.DrawFn) -> Blocks:
    """Blocks of a run that is compiled from a long block on, or nowhere."""
    length = draw(st.integers(1, 200))
    first = draw(st.none() | st.integers(0, 20))
    return Blocks(length, SHORT, SHORT if first is None else LONG, first and first * SHORT)


@given(cut())
def test_every_timestep_is_in_one_block_and_in_order(blocks: Blocks) -> None:
    ranges = [blocks.places(number) for number in range(blocks.count)]
    assert [place for block in ranges for place in block] == list(range(blocks.length))
    for number, block in enumerate(ranges):
        assert {blocks.number(place) for place in block} == {number}


@given(cut())
def test_what_numpy_runs_is_in_short_blocks_and_the_rest_in_long_ones(blocks: Blocks) -> None:
    for number in range(blocks.count - 1):
        block = blocks.places(number)
        start = blocks.compiled_from
        # what is compiled before the first long block is in short ones, too
        early = start is None or block.start // LONG * LONG < start
        assert len(block) == (SHORT if early else LONG)
        # chunks of a search are as long as a long block
        assert block.start // LONG == (block.stop - 1) // LONG
        assert start is None or block.start >= start or block.stop <= start


def layer_of(hidden: int) -> Model:
    random, listing = np.random.default_rng(0), load_cell("LSTM")
    sizes = {"input": 2, "hidden": hidden}
    weights = {
        w.name: random.normal(size=[sizes[str(a)] for a in w.shape]).astype(np.float32) / 8
        for w in listing.weights
    }
    return Model((build_layer("layer", listing, weights),))


def blocks_of(hidden: int, length: int) -> Blocks:
    return Blocks.of(length, layer_of(hidden).makings[0])


@pytest.mark.usefixtures("usual_blocks")
def test_a_larger_layer_has_shorter_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNSTEP_COMPILED", "never")
    lengths = [blocks_of(hidden, 10**6).short for hidden in (8, 64, 256, 512)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] >= 8
    assert blocks_of(8, 5).short == 5


@pytest.mark.usefixtures("usual_blocks")
def test_compiled_blocks_are_longer_and_whole_where_numpy_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnstep.program.fast.installed", lambda: True)
    for hidden in (8, 100, 256):
        blocks = blocks_of(hidden, 10**6)
        assert blocks.compiled_from
        assert blocks.long > blocks.short
        assert blocks.long % blocks.short == blocks.compiled_from % blocks.short == 0
        assert blocks.compiled_from < AFTER + blocks.short


@pytest.mark.usefixtures("usual_blocks")
def test_a_run_that_is_compiled_from_its_start_has_no_short_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnstep.program.fast.installed", lambda: True)
    monkeypatch.setenv("RNNSTEP_COMPILED", "always")
    blocks = blocks_of(8, 3000)
    assert (blocks.count, blocks.compiled_from) == (1, 0)


def test_a_run_in_parts_of_different_lengths_has_the_same_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, xs = layer_of(5), np.random.default_rng(1).normal(size=(90, 2)).astype(np.float32)
    whole = Trace(model, xs).values()
    # no machine is needed for it: what is cut otherwise is run by NumPy here
    monkeypatch.setattr("rnnstep.blocks._LONGEST", SHORT)
    monkeypatch.setattr("rnnstep.blocks._SHORTEST", SHORT)
    monkeypatch.setattr("rnnstep.blocks._LONGEST_COMPILED", LONG)
    monkeypatch.setattr("rnnstep.blocks.first_compiled", lambda *_: 2 * LONG)
    trace = Trace(model, xs, budget=250)
    trace.stay_on_numpy()
    assert (trace.block, trace.stride > trace.block) == (LONG, True)
    for t in (80, 3, 23, 24, 25, 47, 60, 0, 89):
        step = trace.frame(t)
        for name, values in whole.items():
            np.testing.assert_array_equal(step[name], values[t])
    fork = trace.fork(50, state={"h_prev": np.ones(5, np.float32)})
    np.testing.assert_array_equal(fork.series("h_t")[:50], whole["h_t"][:50])
    np.testing.assert_array_equal(fork.frame(50)["h_prev"], np.ones(5, np.float32))

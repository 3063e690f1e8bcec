"""A whole run by the compiled machine (the extra ``fast``), beside what NumPy's is beside.

All timesteps are compiled: those of long runs, as they are by themselves, and those of short ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from benchmarks.layers import CELLS, TORCH, Array, agree, inputs, model_of
from benchmarks.measure import Pair, Row, compiled, rounds, show
from benchmarks.peers import onnx_run, torch_run
from benchmarks.recorded import distances, recorded
from rnnstep import Model, Trace
from rnnstep.program.fast import ALWAYS

SIZES = {32: 50_000, 100: 20_000, 256: 10_000, 1024: 2000}
"""Hidden units, and how many timesteps are run."""

SHORT = 250
"""Timesteps of a run that is compiled only if it is asked for."""

LONG_REPEATS, SHORT_REPEATS = 9, 31
"""Rounds: single runs vary by half, and some of the short ones take nearly what their peer does."""

HOW = ", compiled"


def series(model: Model, xs: Array) -> Array:
    """H of a whole run."""
    return Trace(model, xs).series("h_t")


def rows() -> Iterator[Row]:
    """A step of a whole run beside PyTorch and onnxruntime, and the rows of a recorded run."""
    with compiled(ALWAYS):
        for hidden, timesteps in SIZES.items():
            yield from rounds(peers(hidden, timesteps, HOW), LONG_REPEATS)
        short = (peers(hidden, SHORT, f", T = {SHORT}{HOW}") for hidden in SIZES)
        yield from rounds(chain(*short), SHORT_REPEATS)
        yield from recorded((20_000, 10_000, 5_000), HOW)
        yield from distances((10_000, 2_000), HOW)


def peers(hidden: int, timesteps: int, how: str) -> Iterator[Pair]:
    """A step of each cell beside PyTorch and onnxruntime, which give the same."""
    for library, run in (("torch.nn.", torch_run), ("onnxruntime ", onnx_run)):
        aim = 1.0 if hidden >= 256 or run is torch_run else 2.0
        for cell in CELLS:
            model, xs = model_of(cell, hidden), inputs(timesteps)
            theirs = run(model, xs)
            ours = partial(series, model, xs)
            agree(ours(), theirs())
            what = f"a step of {cell}, H = {hidden}{how}"
            yield Pair(what, ours, library + TORCH[cell], theirs, aim, timesteps)


if __name__ == "__main__":
    show(rows())

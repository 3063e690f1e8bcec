"""A whole run by the compiled machine (the extra ``fast``), beside what NumPy's is beside.

Only a long run is compiled, so longer ones are measured, all of them compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from unittest.mock import patch

import numpy as np

from benchmarks.layers import CELLS, TORCH, Array, agree, inputs, model_of
from benchmarks.measure import Row, both, show
from benchmarks.peers import onnx_run, torch_run
from benchmarks.recorded import distances, recorded
from rnnstep import Model, Trace
from rnnstep.program import fast

SIZES = {32: 50_000, 100: 20_000, 256: 10_000, 1024: 2000}
"""Hidden units, and how many timesteps are run."""

HOW = ", compiled"


def series(model: Model, xs: Array) -> Array:
    """H of a whole run."""
    return Trace(model, xs).series("h_t")


def rows() -> Iterator[Row]:
    """A step of a whole run beside PyTorch and onnxruntime, and the rows of a recorded run."""
    with patch.multiple(fast, PAYS=-np.inf, AFTER=0):
        for peer, run in (("torch.nn.", torch_run), ("onnxruntime ", onnx_run)):
            for hidden, timesteps in SIZES.items():
                aim = 1.0 if hidden >= 256 or run is torch_run else 2.0
                for cell in CELLS:
                    model, xs = model_of(cell, hidden), inputs(timesteps)
                    theirs = run(model, xs)
                    ours = partial(series, model, xs)
                    agree(ours(), theirs())
                    times = both(ours, theirs, 3)
                    what = f"a step of {cell}, H = {hidden}{HOW}"
                    own, its = (seconds / timesteps for seconds in times)
                    yield Row(what, own, peer + TORCH[cell], its, "µs", aim)
        yield from recorded((20_000, 10_000, 5_000), HOW)
        yield from distances((10_000, 2_000), HOW)


if __name__ == "__main__":
    show(rows())

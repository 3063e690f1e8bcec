"""A whole run by NumPy, in which every value is to be had, beside libraries that give h alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.layers import CELLS, TORCH, Array, Run, agree, inputs, model_of
from benchmarks.measure import REPEATS, Row, both, compiled, seconds, show
from benchmarks.peers import keras_predict, numpy_loop, onnx_run, torch_run
from rnnstep import Model, Trace
from rnnstep.program.fast import NEVER

SIZES = {32: 2000, 100: 2000, 256: 2000, 1024: 300, 4096: 10}
"""Hidden units, and how many timesteps are run beside PyTorch."""

LONG, SMALL = 100_000, 32
"""Timesteps of a long run, and its hidden units."""


def rows() -> Iterator[Row]:
    """A step of a whole run beside each library; then going anywhere in one that was run."""
    with compiled(NEVER):
        yield from by_numpy()
    yield anywhere(LONG)


def by_numpy() -> Iterator[Row]:
    """A step of a whole run beside each library."""
    for hidden, timesteps in SIZES.items():
        for cell in CELLS:
            peer = f"torch.nn.{TORCH[cell]}"
            yield step(cell, hidden, timesteps, peer, torch_run, 1.0)
    for cell in CELLS:
        yield step(cell, SMALL, LONG, f"torch.nn.{TORCH[cell]}", torch_run, 1.0, repeats=2)
    for hidden, timesteps in ((32, 2000), (100, 2000), (256, 2000), (1024, 200)):
        for cell in CELLS:
            aim = 1.0 if hidden >= 256 else 2.0
            yield step(cell, hidden, timesteps, f"onnxruntime {TORCH[cell]}", onnx_run, aim)
    for cell in CELLS:
        peer = f"keras.layers.{cell} predict"
        yield step(cell, 100, 1000, peer, keras_predict, 1.0, repeats=3, same=False)
    for hidden in (32, 256):
        for cell in CELLS:
            yield step(cell, hidden, 2000, "a NumPy loop", numpy_loop, 1.0)


def step(
    cell: str,
    hidden: int,
    timesteps: int,
    peer: str,
    peers: Callable[[Model, Array], Run],
    aim: float,
    repeats: int = REPEATS,
    same: bool = True,
) -> Row:
    """The time of one step, from whole runs of both."""
    model, xs = model_of(cell, hidden), inputs(timesteps)
    theirs = peers(model, xs)

    def ours() -> Array:
        return Trace(model, xs).series("h_t")

    if same:
        agree(ours(), theirs())
    times = both(ours, theirs, repeats)
    long = f", T = {timesteps:,}" if timesteps == LONG else ""
    what = f"a step of {cell}, H = {hidden}{long}"
    return Row(what, times[0] / timesteps, peer, times[1] / timesteps, "µs", aim)


def anywhere(timesteps: int) -> Row:
    """To random timesteps of an LSTM, H = 256, beside a frame of 60 a second."""
    trace = Trace(model_of("LSTM", 256), inputs(timesteps))
    trace.frame(timesteps - 1)
    places = iter(np.random.default_rng(2).integers(0, timesteps, 100))
    ours = seconds(lambda: trace.frame(int(next(places)))["h_t"], 30)
    return Row(f"to any of {timesteps:,} timesteps", ours, "a frame of 60/s,", 1 / 60, "ms", 1.0)


if __name__ == "__main__":
    show(rows())

"""A whole run with every named value to be had, beside PyTorch, which gives h alone.

By NumPy, and compiled (the extra ``fast``), where a longer run is measured: only long ones are.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from unittest.mock import patch

import numpy as np

from benchmarks.measure import HEAD, Row, alternately, seconds
from rnnstep import Model, Trace, build_layer, load_cell
from rnnstep.program import fast

FEATURES = 32
SIZES = {32: 2000, 100: 2000, 256: 2000, 1024: 300}
"""Hidden units, and how many timesteps are run."""

COMPILED = {32: 50_000, 100: 20_000, 256: 10_000, 1024: 2000}
"""The same of compiled runs, whose blocks are more than are kept."""

PEERS = {"SimpleRNN": "RNN", "GRU": "GRU", "LSTM": "LSTM"}


def model_of(cell: str, hidden: int) -> Model:
    """A model of random weights in float32."""
    random, listing = np.random.default_rng(0), load_cell(cell)
    sizes = {"input": FEATURES, "hidden": hidden}
    bound = hidden**-0.5
    weights = {
        d.name: random.uniform(-bound, bound, [sizes[str(a)] for a in d.shape]).astype(np.float32)
        for d in listing.weights
    }
    return Model((build_layer("layer", listing, weights),))


def inputs(timesteps: int) -> np.ndarray:
    """A random sequence."""
    return np.random.default_rng(1).normal(size=(timesteps, FEATURES)).astype(np.float32)


def run(model: Model, xs: np.ndarray, compiled: bool) -> None:
    """Run a sequence, all of it compiled or nothing."""
    pays = -np.inf if compiled else np.inf
    with patch.multiple(fast, PAYS=pays, AFTER=0):
        Trace(model, xs).series("h_t")


def rows() -> Iterator[Row]:
    """A step of a whole run; then going anywhere in a long one that was run once."""
    import torch

    for sizes, compiled in ((SIZES, False), (COMPILED, True)):
        for hidden, timesteps in sizes.items():
            for cell, peer in PEERS.items():
                layer, xs = getattr(torch.nn, peer)(FEATURES, hidden), inputs(timesteps)
                with torch.inference_mode():
                    theirs, ours = alternately(
                        partial(layer, torch.from_numpy(xs)),
                        partial(run, model_of(cell, hidden), xs, compiled),
                    )
                what = f"a step of {cell}, H = {hidden}{', compiled' * compiled}"
                peer_name = f"torch.nn.{peer}"
                yield Row(what, ours / timesteps, peer_name, theirs / timesteps, "µs", 1.0)
    yield anywhere(100_000)


def anywhere(timesteps: int) -> Row:
    """To random timesteps of an LSTM, H = 256, beside a frame of 60 a second."""
    trace = Trace(model_of("LSTM", 256), inputs(timesteps))
    trace.frame(timesteps - 1)
    places = iter(np.random.default_rng(2).integers(0, timesteps, 100))
    ours = seconds(lambda: trace.frame(int(next(places)))["h_t"], 30)
    return Row(f"to any of {timesteps:,} timesteps", ours, "a frame of 60/s,", 1 / 60, "ms", 1.0)


if __name__ == "__main__":
    print(HEAD)
    for row in rows():
        print(row, flush=True)

"""A run that keeps every value of every step, and how far a step is from its products alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.layers import CELLS, FEATURES, Array, agree, inputs, model_of, stacked
from benchmarks.measure import Pair, Row, both, rounds, show
from rnnstep import Model, Trace

TIMESTEPS = 1000

KEPT = "ifgoch"
"""What the loop keeps: the gates, the cell state and the hidden state."""

REPEATS = 9
"""Of a recurrence and its products: both read memory that others use, too."""

ASKED = 0.2
"""The largest ratio aimed at where as much is kept; where more is, so many times as large."""


def rows() -> Iterator[Row]:
    """Gates kept, beside torch.nn.LSTMCell; each recurrence beside its products."""
    yield from recorded((TIMESTEPS, TIMESTEPS, TIMESTEPS))
    yield from distances((2000, 300))


def recorded(timesteps: Iterable[int], how: str = "") -> Iterator[Row]:
    """Gates and more kept, for 32, 100 and 256 hidden units, by so many timesteps each."""
    for hidden, count in zip((32, 100, 256), timesteps, strict=True):
        yield from kept(hidden, count, how)


def distances(timesteps: Sequence[int], how: str = "") -> Iterator[Row]:
    """Recurrences beside their products, for 256 and 1024 hidden units."""
    sizes = [*zip((256, 1024), timesteps, strict=True)]
    yield from rounds((products(c, *size, how) for size in sizes for c in CELLS), REPEATS)


def kept(hidden: int, timesteps: int, how: str) -> Iterator[Row]:
    """An LSTM over all of time beside a loop that keeps gates and states: the same, then all."""
    model, xs = model_of("LSTM", hidden), inputs(timesteps)
    theirs = _cell_loop(model, xs)
    same = [f"{name}_t" for name in KEPT]
    every = [*model.value_names]
    for names, aim in ((same, ASKED), (every, ASKED * len(every) / len(same))):

        def ours(names: Sequence[str] = names) -> dict[str, Array]:
            return Trace(model, xs).values(names)

        values, peer = ours(), theirs()
        for name, kept_there in peer.items():
            agree(values[f"{name}_t"], kept_there)
        del values, peer
        own, its = (time / timesteps for time in both(ours, theirs))
        what = f"a step of LSTM with {len(names)} values kept, H = {hidden}{how}"
        beside = f"a torch.nn.LSTMCell loop that keeps {len(same)}"
        yield Row(what, own, beside, its, "µs", aim)


def _cell_loop(model: Model, xs: Array) -> Any:
    """The gates of a torch.nn.LSTMCell, which itself gives h and c alone."""
    import torch
    from torch.nn.functional import linear

    cell = torch.nn.LSTMCell(FEATURES, model.layers[0].sizes["hidden"])
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, map(torch.from_numpy, stacked(model)), strict=True)))
    tensor = torch.from_numpy(xs)

    def run() -> dict[str, Any]:
        h = c = torch.zeros(cell.hidden_size)
        found: dict[str, list[Any]] = {name: [] for name in KEPT}
        with torch.inference_mode():
            for x in tensor:
                from_x = linear(x, cell.weight_ih, cell.bias_ih)
                i, f, g, o = (from_x + linear(h, cell.weight_hh, cell.bias_hh)).chunk(4)
                i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
                c = f * c + i * g
                h = o * c.tanh()
                for name, value in zip(KEPT, (i, f, g, o, c, h), strict=True):
                    found[name].append(value)
            return {name: torch.stack(values) for name, values in found.items()}

    return run


def products(cell: str, hidden: int, timesteps: int, how: str) -> Pair:
    """A step beside what no step can do without: its recurrent weights times a vector."""
    model, xs = model_of(cell, hidden), inputs(timesteps)
    _, Wh, _, _ = stacked(model)
    vector, out = np.ones(hidden, np.float32), np.empty(len(Wh), np.float32)

    def ours() -> Array:
        return Trace(model, xs).series("h_t")

    def theirs() -> None:
        for _ in range(timesteps):
            np.dot(Wh, vector, out)

    what = f"a step of {cell}, H = {hidden}{how}"
    return Pair(what, ours, "its Wh @ h alone", theirs, 1.3, timesteps)


if __name__ == "__main__":
    show(rows())

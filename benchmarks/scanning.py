"""Looking for a breakpoint over a long run that it holds nowhere in, beside the run itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.layers import Array, inputs, model_of
from benchmarks.measure import Pair, Row, rounds, show
from rnnstep import Model, Session, Trace

TIMESTEPS = {32: 1_000_000, 256: 100_000}
"""Hidden units, and how many timesteps are run."""
REPEATS = 21
"""Of each: what is looked for takes about a tenth, less than runs differ by."""
CONDITIONS = ("abs(h_t[3]) > 2", "any(abs(c_t) > 1000)", "nan")


def scan(model: Model, xs: Array, condition: str) -> None:
    """Search a fresh run to its end."""
    session = Session(Trace(model, xs))
    session.add_break(condition)
    if session.continue_forward() is not None:
        raise ValueError(f"{condition} holds somewhere: the whole run was not looked at")


def run(model: Model, xs: Array) -> None:
    """Run it to its end, with nothing to look for."""
    Trace(model, xs).frame(len(xs) - 1)


def rows() -> Iterator[Row]:
    """A search to the end of a fresh run, for each kind of condition."""
    # no rests: both are ours, and leave no thread that waits busily
    yield from rounds(pairs(), REPEATS, "ms", rest=0.0)


def pairs() -> Iterator[Pair]:
    """Each search beside the run that it is a search of."""
    for hidden, timesteps in TIMESTEPS.items():
        model, xs = model_of("LSTM", hidden), inputs(timesteps)
        for condition in CONDITIONS:
            search, alone = partial(scan, model, xs, condition), partial(run, model, xs)
            what = f"a breakpoint on {condition}, LSTM, H = {hidden}, {timesteps:,} timesteps"
            yield Pair(what, search, "the run", alone, 1.2)


if __name__ == "__main__":
    show(rows())

"""What every benchmark shares: the median of several, and a row of the table."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from unittest.mock import patch

from rnnstep.program.fast import VARIABLE

REPEATS = 5
REST = 0.3
"""Seconds between two runs: the threads of onnxruntime and OpenMP hold a core for a while after
their work, which would slow down what runs next."""

TURN = 0.02
"""Seconds for which one is run at the least before the other's turn comes."""

UNITS = {"s": 1.0, "ms": 1e3, "µs": 1e6}


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        ours: seconds.
        peer: what it was measured beside, in the same run.
        theirs: the peer's seconds.
        unit: in which both are printed, one of :data:`UNITS`.
        most: the largest ratio that is aimed at.
    """

    what: str
    ours: float
    peer: str
    theirs: float
    unit: str
    most: float

    @property
    def ratio(self) -> float:
        """How many times as long as the peer."""
        return self.ours / self.theirs

    def __str__(self) -> str:
        """As a line of a Markdown table."""
        ours, theirs = (f"{x * UNITS[self.unit]:.1f} {self.unit}" for x in (self.ours, self.theirs))
        verdict = "" if self.ratio <= self.most else " (missed)"
        return (
            f"| {self.what} | {ours} | {self.peer} {theirs} | {self.ratio:.2f} "
            f"| {self.most:g}{verdict} |"
        )


@dataclass(frozen=True)
class Pair:
    """Two works that are to be measured side by side.

    Attributes:
        what: what is measured.
        ours: done by rnnstep.
        peer: what it is measured beside.
        theirs: done by the peer.
        most: the largest ratio that is aimed at.
        times: how often each does what the row is about.
    """

    what: str
    ours: Callable[[], object]
    peer: str
    theirs: Callable[[], object]
    most: float
    times: int = 1


HEAD = "| what | rnnstep | beside | ratio | aim |\n|---|---|---|---|---|"


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of several runs of ``work``."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


def both(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    repeats: int = REPEATS,
    rest: float = REST,
) -> tuple[float, float]:
    """The medians of two, measured in turns after one run each, which fills the caches."""
    [row] = rounds([Pair("", ours, "", theirs, 1.0)], repeats, rest=rest)
    return row.ours, row.theirs


def rounds(
    pairs: Iterable[Pair], repeats: int, unit: str = "µs", rest: float = REST
) -> Iterator[Row]:
    """As :func:`both` of several, of which each has its turn before any has another.

    What slows the machine down for half a minute then slows a part of each row's turns, not one
    row.
    """
    pairs = [*pairs]
    works = [partial(_rested, work, rest) for pair in pairs for work in (pair.ours, pair.theirs)]
    for work in works:
        work()
    found = zip(*([work() for work in works] for _ in range(repeats)), strict=True)
    medians = iter([median(seconds) for seconds in found])
    for pair, own, its in zip(pairs, medians, medians, strict=True):
        ours, theirs = own / pair.times, its / pair.times
        yield Row(pair.what, ours, pair.peer, theirs, unit, pair.most)


def in_turns(
    ours: Callable[[], float], theirs: Callable[[], float], repeats: int
) -> tuple[float, float]:
    """The medians of what two measure, in turns: what is slow for a while is so for both."""
    pairs = [(ours(), theirs()) for _ in range(repeats)]
    return median(own for own, _ in pairs), median(peer for _, peer in pairs)


def _rested(work: Callable[[], object], rest: float) -> float:
    """The seconds of a run, once no thread of the peer's waits busily any longer.

    Of short runs the median of several, one after another: the first wakes up its own threads.
    """
    time.sleep(rest)
    found = [seconds(work, 1)]
    while sum(found) < TURN:
        found.append(seconds(work, 1))
    return median(found)


@contextmanager
def compiled(when: str) -> Iterator[None]:
    """Which runs are compiled meanwhile: one of :data:`rnnstep.program.fast.WHEN`."""
    with patch.dict(os.environ, {VARIABLE: when}):
        yield


def show(rows: Iterable[Row]) -> None:
    """Print rows as they come, under the head of the table."""
    print(HEAD)
    for row in rows:
        print(row, flush=True)

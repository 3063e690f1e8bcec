"""What workers have to tell each other: numbers that one has made and another one reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.opcodes import RECEIVE, SEND, WAIT, Row, reads, writes
from rnnstep.program.panels import whole

Part = Sequence[Row | None]
"""What each worker does of an instruction, if anything."""

_ALL = -1
"""Whose a number is that every worker has."""


class Run(NamedTuple):
    """Numbers side by side that one worker sends to all others.

    Attributes:
        worker: whose they are.
        place: where in each worker's buffer they are.
        size: how many.
        exchanged: where all workers find them.
    """

    worker: int
    place: int
    size: int
    exchanged: int

    def send(self) -> Row:
        """What its worker does."""
        return Row(SEND, self.size, self.exchanged, self.place)

    def receive(self) -> Row:
        """What the others do."""
        return Row(RECEIVE, self.size, self.place, self.exchanged)


def exchanges(parts: Sequence[Part], places: int) -> tuple[Mapping[int, Sequence[Run]], int]:
    """What has to be exchanged before which instruction.

    Args:
        parts: the instructions of a timestep, after which the next one begins.
        places: the size of the buffer that each worker has.

    Returns:
        by the instruction's number, what each worker sends there; how many numbers these are in
        a timestep, each with a place of its own.
    """
    owners = np.full(places, _ALL)
    found: dict[int, list[Run]] = {}
    # twice, for what the end of a timestep writes is read by the beginning of the next one
    for _ in range(2):
        found, size = {}, 0
        for i, part in enumerate(parts):
            runs = [*_runs(_foreign(part, owners), owners, size)]
            if runs:
                found[i], size = runs, whole(runs[-1].exchanged + runs[-1].size)
            for run in runs:
                owners[run.place : run.place + run.size] = _ALL
            for worker, row in enumerate(part):
                for begin, end in writes(row) if row else ():
                    owners[begin:end] = worker
    return found, size


def told(runs: Sequence[Run], worker: int) -> Iterator[Row]:
    """What a worker does to exchange numbers with the others."""
    yield from (run.send() for run in runs if run.worker == worker)
    yield Row(WAIT, 0, 0, 0)
    yield from (run.receive() for run in runs if run.worker != worker)


def _foreign(part: Part, owners: Array) -> Array:
    """Which numbers some worker reads that another one has made."""
    foreign = np.zeros(len(owners), bool)
    for worker, row in enumerate(part):
        for begin, end in reads(row) if row else ():
            foreign[begin:end] |= ~np.isin(owners[begin:end], (_ALL, worker))
    return foreign


def _runs(foreign: Array, owners: Array, exchanged: int) -> Iterator[Run]:
    """Numbers of one worker that stand side by side."""
    whose = np.where(foreign, owners, _ALL)
    bounds = np.flatnonzero(np.diff(whose, prepend=_ALL, append=_ALL))
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if foreign[begin]:
            yield Run(int(whose[begin]), begin, end - begin, exchanged)
            exchanged = whole(exchanged + end - begin)

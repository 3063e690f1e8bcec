"""From a number back along the equations, layers and timesteps to what it came from."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rnnstep.frame import Cursor
from rnnstep.provenance.causes import Cause, Kind, causes, number
from rnnstep.provenance.parts import BREADTH
from rnnstep.trace import Trace

COUNT = 40
"""Numbers that a path has at the most, unless another number is given."""
DEPTH = 200
"""Lines from the first number to the last one of a path, likewise."""


@dataclass(frozen=True)
class Branch:
    """A place in the tree of causes.

    Attributes:
        cause: the number.
        depth: lines from the first number, which has 0.
        whole: how much it counts of the first number: the product of the shares down to it.
        parent: the place of what it is a part of, in the order in which they were found; -1 for
            the first.
        again: whether the same number was found before, with at least this share: what it is
            made of stands there.
    """

    cause: Cause
    depth: int
    whole: float
    parent: int
    again: bool = False


@dataclass(frozen=True, eq=False)
class Path:
    """A number and what it came from, as a tree.

    Attributes:
        branches: as they were found: what counts most of the first number first.
    """

    branches: tuple[Branch, ...]

    @property
    def order(self) -> list[int]:
        """The places of the branches as a tree is read: each before what it is made of."""
        return in_order(self.branches)


def unfold(
    trace: Trace, cursor: Cursor, depth: int = DEPTH, breadth: int = BREADTH
) -> Iterator[Branch]:
    """The number at a place, and what it came from: what counts most of it first.

    Each number is looked into when its parts are asked for: a path through a long run costs what
    is read of it.

    Args:
        trace: the run.
        cursor: the line, its timestep and the entry of its value.
        depth: lines to follow at the most.
        breadth: terms of a product, the largest, to follow.
    """
    known: set[tuple[int, int, str, int]] = set()
    waiting: list[tuple[float, int, Branch]] = [(-1.0, 0, Branch(number(trace, cursor), 0, 1, -1))]
    found = arrived = 0
    while waiting:
        *_, branch = heapq.heappop(waiting)
        cause = branch.cause
        place = cause.layer, cause.t, cause.name, cause.unit
        if place in known and cause.kind is Kind.LINE:
            yield Branch(cause, branch.depth, branch.whole, branch.parent, again=True)
            found += 1
            continue
        yield branch
        known.add(place)
        inner = causes(trace, cause, breadth) if branch.depth < depth else []
        for part in inner:
            arrived += 1
            whole = branch.whole * part.share
            heapq.heappush(waiting, (-whole, arrived, Branch(part, branch.depth + 1, whole, found)))
        found += 1


def in_order(branches: Sequence[Branch]) -> list[int]:
    """The places of branches as a tree is read: each before what it is made of."""
    below: dict[int, list[int]] = {}
    for place, branch in enumerate(branches):
        below.setdefault(branch.parent, []).append(place)

    order: list[int] = []
    waiting = below.get(-1, [])[::-1]
    while waiting:
        place = waiting.pop()
        order.append(place)
        waiting += below.get(place, [])[::-1]
    return order

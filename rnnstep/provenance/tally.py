"""Shares of a number on their way back to the sequence."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnstep.equations.nodes import Binary, walk
from rnnstep.provenance.causes import Cause, Kind, causes
from rnnstep.trace import Trace

BREADTH = 64
"""Terms of a product, the largest, that are looked at."""

Place = tuple[int, ...]
"""Sorts what reads before what it reads: the sweep, the step in it, the layer, line and unit."""


@dataclass(frozen=True, slots=True)
class Input:
    """An entry of the sequence, and its share of a number.

    Attributes:
        t: its timestep.
        unit: the feature.
        value: the entry.
        share: 0 to 1.
    """

    t: int
    unit: int
    value: float
    share: float


@dataclass(frozen=True, eq=False)
class Inputs:
    """Where the whole of a number came from; all shares are together 1.

    Attributes:
        cause: the number.
        inputs: the entries of the sequence, the largest share first.
        weights: the share of biases, and of numbers in the equations.
        initial: the share of initial states, and of states given to a fork otherwise than by edits.
        rest: the share of what was too small, or too far away, to be looked into.
        edits: the share of what each edit put in, by its text.
    """

    cause: Cause
    inputs: tuple[Input, ...]
    weights: float
    initial: float
    rest: float
    edits: Mapping[str, float] = field(default_factory=dict)

    @property
    def timesteps(self) -> dict[int, float]:
        """The share of each timestep's input, in their order."""
        found: dict[int, float] = defaultdict(float)
        for entry in sorted(self.inputs, key=lambda entry: entry.t):
            found[entry.t] += entry.share
        return dict(found)


class Tally:
    """Shares that wait at the numbers they have come to.

    What reads is always before what it reads, so each number has its whole share when it is
    looked into, and is looked into once.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.sweeps = {layer: number for layer, (number, _) in trace.model.homes.items()}
        self.waiting: list[Place] = []
        self.causes: dict[Place, Cause] = {}
        self.shares: dict[Place, float] = {}
        self.inputs: dict[tuple[int, int], Input] = {}
        self.given: dict[Kind, float] = defaultdict(float)
        self.edits: dict[str, float] = defaultdict(float)
        self.rest = 0.0

    def add(self, cause: Cause, share: float) -> None:
        """A share has come to a number."""
        place = self._place(cause)
        if place not in self.causes:
            self.causes[place], self.shares[place] = cause, 0.0
            heapq.heappush(self.waiting, place)
        self.shares[place] += share

    def next(self) -> tuple[Cause, float]:
        """The number that nothing which waits can read, and its share."""
        place = heapq.heappop(self.waiting)
        return self.causes.pop(place), self.shares.pop(place)

    def look_into(self, cause: Cause, share: float) -> None:
        """Divide a share among what its number is made of."""
        if cause.kind is not Kind.LINE:
            self.given[cause.kind] += share
            return
        left = share
        for part in causes(self.trace, cause, BREADTH, divided=True):
            own = share * part.share
            left -= own
            if part.kind is Kind.SEQUENCE:
                before = self.inputs.get((part.t, part.unit))
                total = own + (before.share if before else 0.0)
                self.inputs[part.t, part.unit] = Input(part.t, part.unit, part.value, total)
            elif part.kind is Kind.LINE:
                self.add(part, own)
            elif part.edit:
                self.edits[part.edit] += own
            else:
                self.given[part.kind] += own
        self._left(cause, max(left, 0.0))

    def _left(self, cause: Cause, share: float) -> None:
        """What no part has is that of the smallest terms, or of numbers in the line."""
        layer = self.trace.model_at(cause.t).layers[cause.layer]
        node = layer.cell.equations[cause.cursor.line].node
        if any(isinstance(part, Binary) and part.symbol == "@" for part in walk(node)):
            self.rest += share
        else:
            self.given[Kind.WEIGHT] += share

    def told(self, start: Cause) -> Inputs:
        """What has been found."""
        found = sorted(self.inputs.values(), key=lambda entry: -entry.share)
        initial = self.given[Kind.INITIAL] + self.given[Kind.EDITED]
        return Inputs(
            start, tuple(found), self.given[Kind.WEIGHT], initial, self.rest, dict(self.edits)
        )

    def _place(self, cause: Cause) -> Place:
        last = len(self.trace) - 1
        reverse = self.trace.model.layers[cause.layer].reverse
        step = last - cause.t if reverse else cause.t
        place = self.sweeps[cause.layer], step, cause.layer, cause.cursor.line, cause.unit
        return tuple(-number for number in place)

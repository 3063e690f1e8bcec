"""A state step by step into the past: what each timestep kept of it and wrote to it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from rnnstep.equations import Array, Node, compile_node, dependencies
from rnnstep.layer import Layer
from rnnstep.provenance.affine import Affine
from rnnstep.trace import Trace

CHUNK = 256
"""Timesteps that are read together."""


class End(Enum):
    """What a rest is, that no timestep is said to have written."""

    INITIAL = "initial state"
    EDITED = "edited state"
    FADED = "older, less than is rounded"
    LIMIT = "older, not looked at"


@dataclass(frozen=True, slots=True)
class PastStep:
    """One timestep of an entry of a state.

    Attributes:
        t: the timestep.
        kept: the factor of what was there.
        wrote: what was added.
        held: what was there.
        begins: what that was, if no timestep before has made it.
    """

    t: int
    kept: float
    wrote: float
    held: float
    begins: End | None


@dataclass(frozen=True)
class Past:
    """An entry of a state from a timestep on into the past of its layer.

    Attributes:
        trace: the run.
        layer: the layer, from 0.
        state: the state's name before a step.
        unit: the entry.
        t: the timestep.
        form: what is kept and what is written.
    """

    trace: Trace
    layer: int
    state: str
    unit: int
    t: int
    form: Affine

    @property
    def owner(self) -> Layer:
        """The layer itself."""
        return self.trace.model_at(self.t).layers[self.layer]

    def steps(self, limit: int) -> Iterator[PastStep]:
        """At most ``limit`` timesteps, the newest first."""
        first = len(self.trace) - 1 if self.owner.reverse else 0
        way = 1 if self.owner.reverse else -1
        ends = abs(self.t - first) + 1
        for start in range(0, min(ends, limit), CHUNK):
            stop = min(start + CHUNK, ends, limit)
            times = range(self.t + way * start, self.t + way * stop, way)
            yield from self._read(times, times[-1] == first)

    def _read(self, times: range, to_the_first: bool) -> Iterator[PastStep]:
        kept, wrote = self._of(self.form.keep, times), self._of(self.form.write, times)
        held = self._entry(self.state, times)
        older = range(times.start + times.step, times.stop + times.step, times.step)
        made = self._entry(self.owner.cell.carried[self.state], older[: len(older) - to_the_first])
        for place, t in enumerate(times):
            begins = None
            if place == len(made):
                begins = End.INITIAL
            elif self._edited(older[place]) or not np.array_equal(
                held[place], made[place], equal_nan=True
            ):
                begins = End.EDITED
            yield PastStep(t, float(kept[place]), float(wrote[place]), float(held[place]), begins)

    def _edited(self, t: int) -> bool:
        """Whether the state's line at a timestep is another one, as an edit in a fork makes it."""
        after = self.owner.cell.carried[self.state]
        there = self.trace.model_at(t).layers[self.layer].cell.equation(after)
        return there is not self.owner.cell.equation(after)

    def _of(self, node: Node | None, times: range) -> Array:
        """A part of the line for the entry at some timesteps, in double precision."""
        if node is None:
            return np.zeros(len(times))
        owner, names = self.owner, dependencies(node)
        timed = [name for name in names if name in owner.cell.values]
        values = {
            name: (self._series(name, times) if name in timed else owner.weights[name]).astype(
                np.float64
            )
            for name in names
        }
        with np.errstate(all="ignore"):
            found = np.asarray(compile_node(node, owner.cell.shapes, timed)(values))
        shape = (len(times), *owner.shape(self.state))
        if timed:
            # a number at each timestep counts for every entry
            found = found.reshape(len(times), *[1] * (len(shape) - found.ndim), *found.shape[1:])
        return np.broadcast_to(found, shape).reshape(len(times), -1)[:, self.unit]

    def _entry(self, name: str, times: range) -> Array:
        size = math.prod(self.owner.shape(name))
        return self._series(name, times).reshape(len(times), size)[:, self.unit]

    def _series(self, name: str, times: range) -> Array:
        """A value at timesteps one after another, in their order."""
        if not times:
            return np.empty((0, *self.owner.shape(name)), self.owner.dtype)
        first, last = sorted((times[0], times[-1]))
        qualified = self.trace.model.qualified(self.layer, name)
        return self.trace.series(qualified, first, last + 1)[:: times.step]

"""How the other side may have run: this model with something done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from rnnstep.batch import Batch
from rnnstep.check import Expected
from rnnstep.equations import Array
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.trace import Trace

Places = Callable[[Array], tuple[Array, Array]]
"""Of rows, from 0, which sequence of a batch each is of, and which timestep of that."""

_Result = TypeVar("_Result")
Slowly = Generator[None, None, _Result]
"""Something that takes as long as the run is: it stops on the way, so that it can be left."""


@dataclass(frozen=True, eq=False)
class Variant:
    """A run that may be the one that the reference was written by.

    Attributes:
        model: its layers.
        xs: its input, (timesteps, features).
        sequences: many inputs in place of that, (sequences, timesteps, features), of which
            ``places`` says which one each row is of.
        state: the states before its first timestep, by the model's names.
        goes_on: whether it starts from what a run over the same sequence ends with.
        shift: how many timesteps later than this run it has its values.
        turned: whether it writes the last timestep first.
        held: from which timestep on its values stay as they are; never if ``None``.
        changes: what is done otherwise.
    """

    model: Model
    xs: Array
    state: Mapping[str, Array] = field(default_factory=dict)
    sequences: Array | None = None
    places: Places | None = None
    goes_on: bool = False
    shift: int = 0
    turned: bool = False
    held: int | None = None
    changes: tuple[Change, ...] = ()

    @property
    def words(self) -> str:
        """What is done otherwise."""
        return "; ".join(change.words for change in self.changes)

    def trace(self, timesteps: int | None = None) -> Trace:
        """The run, or its first timesteps."""
        state = self._ended(Trace(self.model, self.xs, self.state)) if self.goes_on else self.state
        return Trace(self.model, self.xs[:timesteps], state)

    def begun(self) -> Slowly[Variant]:
        """The same run, with the states that it starts from as they are."""
        if not self.goes_on:
            return self
        before = Trace(self.model, self.xs, self.state)
        for _ in before.reach(len(before) - 1):
            yield
        return replace(self, state=self._ended(before), goes_on=False)

    def _ended(self, trace: Trace) -> dict[str, Array]:
        """The states after a run over the whole sequence."""
        ends = trace.frame(len(trace) - 1).layers, trace.frame(0).layers
        return {
            self.model.qualified(index, before): np.array(ends[layer.reverse][index][after])
            for index, layer in enumerate(self.model.layers)
            for before, after in layer.cell.carried.items()
        }

    def outputs(self, expected: Expected, rows: int) -> Array:
        """What it has at the first ``rows`` timesteps that something is expected of.

        Returns:
            (rows, entries), in float64; NaN where it has nothing.
        """
        return self.read(self.run_for(expected, rows), expected, 0, rows)

    def run_for(self, expected: Expected, rows: int) -> Trace:
        """As much of the run as the first ``rows`` timesteps of what is expected need."""
        if self.sequences is not None:
            # of a batch those sequences are run that are read
            return self.trace(1)
        # a layer that runs backwards reads the end first
        backwards = any(layer.reverse for layer in self.model.layers)
        last = int(self._at(expected, 0, rows)[1].max(initial=0))
        return self.trace(len(self.xs) if backwards else max(last + 1, 1))

    def reach(self, trace: Trace, expected: Expected, start: int, stop: int) -> Slowly[None]:
        """Run as far as :meth:`read` will need it."""
        last = len(trace) - 1
        times = self._at(expected, start, stop)[1].clip(0, last)
        for _ in trace.reach(int(times.min(initial=last))):
            yield

    def read(self, trace: Trace, expected: Expected, start: int, stop: int) -> Array:
        """Likewise the rows from ``start`` to before ``stop``, of a run that goes so far."""
        if expected.name not in self.model.layers[expected.layer].cell.values:
            return np.full((stop - start, 1), np.nan)
        which, times = self._at(expected, start, stop)
        size = int(np.prod(self.model.layers[expected.layer].shape(expected.name), dtype=int))
        found = np.full((len(times), size), np.nan)
        inside = (times >= 0) & (times < self.timesteps)
        if inside.any():
            name = self.model.qualified(expected.layer, expected.name)
            values = self._values(trace, name, which[inside], times[inside])
            found[inside] = values.reshape(len(values), -1)
        return found

    @property
    def timesteps(self) -> int:
        """How many timesteps its input has."""
        return len(self.xs) if self.sequences is None else int(self.sequences.shape[1])

    def _at(self, expected: Expected, start: int, stop: int) -> tuple[Array, Array]:
        """Of which sequence, and at which of its timesteps, it has what is expected."""
        rows = expected.times[start:stop].astype(int)
        which, times = (np.zeros_like(rows), rows) if self.places is None else self.places(rows)
        if self.turned:
            times = self.timesteps - 1 - times
        times = times - self.shift
        return which, times if self.held is None else np.minimum(times, self.held)

    def _values(self, trace: Trace, name: str, which: Array, times: Array) -> Array:
        """A value at some timesteps of some sequences."""
        start, stop = int(times.min()), int(times.max()) + 1
        if self.sequences is None:
            return np.asarray(trace.series(name, start, stop)[times - start])
        backwards = any(layer.reverse for layer in self.model.layers)
        needed = self.timesteps if backwards else stop
        chosen, place = np.unique(which, return_inverse=True)
        state = {n: np.broadcast_to(a, (len(chosen), *a.shape)) for n, a in self.state.items()}
        batch = Batch(self.model, self.sequences[chosen, :needed], state)
        return np.asarray(batch.series(name, start, stop)[place, times - start])

    def fed(self, edit: Callable[[Array], Array]) -> Variant:
        """The same with each of its inputs, (…, timesteps, features), changed."""
        sequences = None if self.sequences is None else edit(self.sequences)
        return replace(self, xs=edit(self.xs), sequences=sequences)

    def with_layer(self, index: int, layer: Layer) -> Variant:
        """The same with another layer in the place of one."""
        layers = [*self.model.layers]
        layers[index] = layer
        return replace(self, model=self.model.replaced(layers=tuple(layers)))


Apply = Callable[[Variant], Variant | None]
"""Does something otherwise; ``None`` where that cannot be done, or changes nothing."""


@dataclass(frozen=True, eq=False)
class Change:
    """One thing that the other side may do otherwise.

    Attributes:
        kind: two changes of one kind exclude each other.
        words: what the other side does, "the gates stand in the order i, f, o, g".
        apply: does it.
        hint: what to look at, or to tell rnnstep, if it is that.
        needs: what data must have for it to be seen, "biases that are not zero".
        run: whether it is about the run, and no weights could make up for it.
        apart: what tells it from others, where no test vector can.
    """

    kind: str
    words: str
    apply: Apply
    hint: str = ""
    needs: str = ""
    run: bool = False
    apart: str = ""

    def of(self, variant: Variant) -> Variant | None:
        """The variant with this change as well."""
        changed = self.apply(variant)
        return None if changed is None else replace(changed, changes=(*variant.changes, self))

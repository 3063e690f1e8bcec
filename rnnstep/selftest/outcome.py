"""A run, the same run done otherwise, and what came of comparing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.check.comparison import Comparison
from rnnstep.check.expected import Reference, from_array
from rnnstep.check.tolerance import Tolerance, tolerance_for
from rnnstep.equations import Array
from rnnstep.trace import Trace

_TIMESTEPS, _BYTES = 1024, 2**27
"""Timesteps that are looked at, and bytes of their values, at the most."""
_READ = 2**29
"""Bytes of recurrent weights that running them once may read: they are run a dozen times."""
SHORT = 64
"""Timesteps of a check in which products may round otherwise: rounding must not grow in them."""

EXACT = Tolerance(0.0, 0.0)
"""For what is the same operations on the same numbers: not one bit may differ."""

Place = tuple[int, str]
"""A value: its layer, and its name there."""


@dataclass(frozen=True, eq=False)
class Whole:
    """The run as it is, straight from the first timestep to the last.

    Attributes:
        trace: the run.
        carried: what each layer starts from.
    """

    trace: Trace
    carried: Mapping[Place, Array]

    @property
    def states(self) -> dict[str, Array]:
        """What each layer starts from, by the model's names."""
        model = self.trace.model
        return {model.qualified(*place): array for place, array in self.carried.items()}

    def start(self) -> Whole:
        """The run over the start of the sequence alone."""
        trace = Trace(self.trace.model, self.trace.xs[:SHORT], self.states)
        return Whole(trace, self.carried)

    @property
    def rounding(self) -> Tolerance:
        """For products that are computed side by side, or by another routine."""
        return tolerance_for(self.trace.model.dtype)

    def places(self) -> list[Place]:
        """Every value of every layer."""
        return list(self.trace.model.value_names.values())

    def series(self, place: Place) -> Array:
        """A value over time, (timesteps, …)."""
        layer, name = place
        return self.trace.series(self.trace.model.qualified(layer, name))

    def outcome(
        self, name: str, told: str, other: Mapping[Place, Array], tolerance: Tolerance = EXACT
    ) -> Outcome:
        """What came of doing it otherwise.

        Args:
            name: what is checked.
            told: how it was done otherwise.
            other: the values that this gave, (timesteps, …) from the first timestep on.
            tolerance: how far they may be apart.
        """
        values = tuple(
            from_array(layer, value, np.arange(len(array)), array)
            for (layer, value), array in other.items()
        )
        return Outcome(name, told, Comparison(self.trace, Reference(name, values), tolerance))


@dataclass(frozen=True, eq=False)
class Outcome:
    """One check.

    Attributes:
        name: what is checked.
        told: how the run was done otherwise; why it could not be, if there is no comparison.
        comparison: the run beside the other one.
    """

    name: str
    told: str
    comparison: Comparison | None = None

    @property
    def passed(self) -> bool:
        """Whether both gave the same; also if there was nothing to do otherwise."""
        return self.comparison is None or self.comparison.passed


def whole_of(trace: Trace) -> Whole:
    """A run, or the start of it, and what it starts from."""
    model = trace.model
    bytes_of_one = max(sum(layer.value_bytes for layer in model.layers), 1)
    read = max(sum(layer.recurrent_bytes for layer in model.layers), 1)
    length = min(len(trace), _TIMESTEPS, max(min(_BYTES // bytes_of_one, _READ // read), SHORT))
    carried: dict[Place, Array] = {}
    for index, layer in enumerate(model.layers):
        # what a layer against time starts from stands at the end of the sequence
        start = trace.carried_into(len(trace) - 1 if layer.reverse else 0)[index]
        carried |= {(index, name): array for name, array in start.items()}
    named = {model.qualified(*place): array for place, array in carried.items()}
    return Whole(Trace(model, trace.xs[:length], named), carried)

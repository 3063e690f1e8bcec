"""A shadow beside the exact run: how far it goes away, where it clips, and what of it does that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rnnstep.check import Comparison, Tolerance
from rnnstep.check.comparison import errors
from rnnstep.errors import InputError
from rnnstep.model import Model
from rnnstep.shadow.calibration import Spans
from rnnstep.shadow.clipping import Clipping, clippings
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.rewriting import shadow_model, steps_of
from rnnstep.shadow.running import reference_of, shadow_trace
from rnnstep.trace import Trace

ATOL = 0.01
"""The error that is too much, unless the user says another."""


@dataclass(frozen=True, eq=False)
class Study:
    """A shadow beside the exact run.

    Attributes:
        trace: the exact run.
        shadow: what is done otherwise.
        spans: how far each value goes in the exact run.
        reaching: how far the steps of integers reach; as far as ``spans`` unless they were seen
            on another run, or are the user's own.
        atol: the error that is too much.
    """

    trace: Trace
    shadow: Shadow
    spans: Spans
    reaching: Spans
    atol: float = ATOL

    @cached_property
    def run(self) -> Trace:
        """The shadow's run."""
        return shadow_trace(self.trace, self.shadow, self.reaching)

    @cached_property
    def comparison(self) -> Comparison:
        """The exact run beside the shadow's."""
        return self._beside(self.shadow, self.run)

    def _beside(self, shadow: Shadow, run: Trace) -> Comparison:
        reference = reference_of(run, self.trace, shadow, self.reaching)
        return Comparison(self.trace, reference, Tolerance(self.atol, 0.0))

    @cached_property
    def clippings(self) -> tuple[Clipping, ...]:
        """What was clipped in the shadow's run, value by value."""
        return clippings(self.run, self.shadow.activations)

    @cached_property
    def steps(self) -> Mapping[tuple[int, str], float]:
        """The step of each value in integers."""
        return steps_of(self.run.model)

    @cached_property
    def alone(self) -> Mapping[str, tuple[float, float]]:
        """For each thing that is done otherwise, alone: see :meth:`sizes`; none if it is one."""
        parts = self.shadow.parts
        if len(parts) < 2:
            return {}
        return {name: self._alone(part) for name, part in parts.items()}

    def _alone(self, part: Shadow) -> tuple[float, float]:
        return self.sizes(self._beside(part, shadow_trace(self.trace, part, self.reaching)))

    def sizes(self, comparison: Comparison) -> tuple[float, float]:
        """The largest error of the model's output, and of all values."""
        found = comparison.of(*self.output)
        own = float(found.error.max(initial=0.0)) if found else 0.0
        return own, comparison.worst

    @property
    def output(self) -> tuple[int, str]:
        """The model's output: the last layer, and its value."""
        last = len(self.trace.model.layers) - 1
        return last, self.trace.model.layers[last].cell.output

    @property
    def rounded(self) -> Model:
        """The exact model with the shadow's weights.

        Raises:
            InputError: the shadow leaves them as they are.
        """
        weights = self.shadow.parts.get("weights")
        if weights is None:
            raise InputError("the weights stay as they are: say --as FORMAT")
        return shadow_model(self.trace.model, weights, self.reaching)

    @property
    def weight_errors(self) -> Mapping[str, float]:
        """The largest error of each weight that was rounded, by ``layer/name``."""
        found = {}
        pairs = zip(self.trace.model.layers, self.run.model.layers, strict=True)
        for index, (exact, layer) in enumerate(pairs):
            for name, array in exact.weights.items():
                error = float(errors(array, layer.weights[name]).max(initial=0.0))
                if error > 0:
                    found[self.trace.model.qualified(index, name)] = error
        return found

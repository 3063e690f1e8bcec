"""How far each value goes over a run: what the steps of integers follow from."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.errors import InputError
from rnnstep.model import Model
from rnnstep.progress import Progress, last_of
from rnnstep.trace import Trace

_CHUNK = 1024
"""Timesteps that are looked at together."""


@dataclass(frozen=True)
class Span:
    """From the smallest to the largest finite number of a value; both 0 if it has none."""

    low: float = 0.0
    high: float = 0.0

    @property
    def limit(self) -> float:
        """The largest size."""
        return max(-self.low, self.high)


Spans = Mapping[tuple[int, str], Span]
"""By layer, and the value as the layer calls it."""


def observe(trace: Trace) -> dict[tuple[int, str], Span]:
    """The span of every value over a whole run; numbers alone, such as masks, are left out."""
    found = last_of(observing(trace))
    assert found is not None
    return found


def observing(trace: Trace) -> Generator[Progress | dict[tuple[int, str], Span], None, None]:
    """The same in parts: how far it is, and then the spans."""
    layers = enumerate(trace.model.layers)
    places = [(i, name) for i, one in layers for name in one.cell.values if one.cell.shapes[name]]
    ends = dict.fromkeys(places, (np.inf, -np.inf))
    for start in range(0, len(trace), _CHUNK):
        stop = min(start + _CHUNK, len(trace))
        for layer, name in places:
            values = trace.series(trace.model.qualified(layer, name), start, stop)
            finite = np.isfinite(values)
            low, high = ends[layer, name]
            ends[layer, name] = (
                float(np.min(values, where=finite, initial=low)),
                float(np.max(values, where=finite, initial=high)),
            )
        yield Progress(stop - 1)
    yield {place: Span(*end) if end[0] <= end[1] else Span() for place, end in ends.items()}


def with_ranges(spans: Spans, model: Model, limits: Mapping[str, float]) -> Spans:
    """The spans with some values' own: from -limit to limit.

    Args:
        spans: those of a run.
        model: whose values they are.
        limits: by the value's name, ``h_t`` or ``lstm/h_t``.

    Raises:
        UnknownNameError: no value has this name.
        InputError: a limit that is not above zero, or a value that is a number alone.
    """
    changed = dict(spans)
    for name, limit in limits.items():
        place = model.resolve(name)
        if place not in spans:
            raise InputError(f"'{name}' is a number alone, which no shadow rounds")
        if not (limit > 0 and np.isfinite(limit)):
            raise InputError(f"the range of '{name}' is a number above 0, not {limit:g}")
        changed[place] = Span(-limit, limit)
    return changed

"""Which edit of a run made a number what it is, as it was typed."""

from __future__ import annotations

from collections.abc import Iterator

from rnnstep.changes import Change, InputChange, StateChange
from rnnstep.trace import Trace


def state_edit(trace: Trace, t: int, layer: int, name: str) -> str:
    """The edit of a state that is carried into a timestep; empty if none was typed."""
    for _, change in _changes(trace):
        place = (t, layer, name)
        if isinstance(change, StateChange) and (change.start, change.layer, change.name) == place:
            return change.text
    return ""


def input_edit(trace: Trace, t: int, entry: int) -> str:
    """The edit that gave a timestep of the sequence another entry; empty if none was typed."""
    for fork, change in _changes(trace):
        if isinstance(change, InputChange) and change.start <= t < change.stop:
            before = fork.parent.input_at(t) if fork.parent else fork.input_at(t)
            if before.reshape(-1)[entry] != fork.input_at(t).reshape(-1)[entry]:
                return change.text
    return ""


def _changes(trace: Trace | None) -> Iterator[tuple[Trace, Change]]:
    """The forks and what their parents were changed by, the newest first."""
    while trace is not None:
        for change in reversed(trace.changes):
            yield trace, change
        trace = trace.parent

"""A shadow's run: over the same sequence, from the same states, with the same edits."""

from __future__ import annotations

from dataclasses import replace

from rnnstep.check import SHADOW, Reference, from_trace
from rnnstep.shadow.calibration import Spans, observe
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.following import Following
from rnnstep.trace import Trace


def shadow_trace(trace: Trace, shadow: Shadow, spans: Spans | None = None) -> Trace:
    """The run that a shadow gives where the exact one gives ``trace``.

    Args:
        trace: the exact run; of a fork, the shadow's run is forked likewise.
        shadow: what is done otherwise.
        spans: how far each value goes; by default as far as in the exact run, or in the one
            that it was forked from.

    Raises:
        InputError: a format that the model's own dtype has not the digits for.
    """
    root, *forks = _line(trace)
    spans = observe(root) if spans is None else spans
    following = Following(root, shadow, spans)
    run = following.run
    for fork in forks:
        run = run.changed([following.change(change) for change in fork.changes], fork.origin)
    return run


def shadow_reference(trace: Trace, shadow: Shadow, spans: Spans | None = None) -> Reference:
    """A shadow's run as what a run is compared with; see :func:`shadow_trace`."""
    spans = observe(root_of(trace)) if spans is None else spans
    return reference_of(shadow_trace(trace, shadow, spans), trace, shadow, spans)


def reference_of(run: Trace, trace: Trace, shadow: Shadow, spans: Spans) -> Reference:
    """The same, of the shadow's run ``run``."""
    found = from_trace(run, trace, str(shadow))
    return replace(found, side=SHADOW, anew=lambda fork: shadow_reference(fork, shadow, spans))


def root_of(trace: Trace) -> Trace:
    """The run that was not forked: how far its values go says what the steps of integers are."""
    return _line(trace)[0]


def _line(trace: Trace) -> list[Trace]:
    """From the run that was not forked, fork by fork, to this one."""
    line = [trace]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    return line[::-1]

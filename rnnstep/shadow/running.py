"""A shadow's run: over the same sequence, from the same states, with the same edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rnnstep.check import SHADOW, Reference, from_trace
from rnnstep.equations import Array, compile_node
from rnnstep.equations.nodes import Name
from rnnstep.shadow.calibration import Spans, observe
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.formats import FORMATS
from rnnstep.shadow.rewriting import only_counts, shadow_model
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
    if trace.parent is not None:
        return _forked(trace, shadow_trace(trace.parent, shadow, spans))
    spans = observe(trace) if spans is None else spans
    model = shadow_model(trace.model, shadow, spans)
    return Trace(model, trace.xs, _initial(trace, shadow, spans))


def shadow_reference(trace: Trace, shadow: Shadow, spans: Spans | None = None) -> Reference:
    """A shadow's run as what a run is compared with; see :func:`shadow_trace`."""
    spans = observe(_root(trace)) if spans is None else spans
    return reference_of(shadow_trace(trace, shadow, spans), trace, shadow, spans)


def reference_of(run: Trace, trace: Trace, shadow: Shadow, spans: Spans) -> Reference:
    """The same, of the shadow's run ``run``."""
    found = from_trace(run, trace, str(shadow))
    return replace(found, side=SHADOW, anew=lambda fork: shadow_reference(fork, shadow, spans))


def _root(trace: Trace) -> Trace:
    while trace.parent is not None:
        trace = trace.parent
    return trace


def _initial(trace: Trace, shadow: Shadow, spans: Spans) -> Mapping[str, Array]:
    """The states that the exact run starts from, in the format that they have later."""
    known = FORMATS.get(shadow.activations)
    states: dict[str, Array] = {}
    for index, layer in enumerate(trace.model.layers):
        carried = trace.carried_into(len(trace) - 1 if layer.reverse else 0)[index]
        for before, after in layer.cell.carried.items():
            state, shape = carried[before], layer.cell.shapes[before]
            if known and shape and not only_counts(layer):
                node = known.rounding(Name(before), spans[index, after].limit)
                with np.errstate(all="ignore"):
                    state = compile_node(node, {before: shape})({before: state})
            states[trace.model.qualified(index, before)] = state
    return states


def _forked(trace: Trace, parent: Trace) -> Trace:
    """The shadow of a fork: its parent's shadow, with the same edits at the same timestep."""
    exact, t = trace.parent, trace.origin
    assert exact is not None
    x_t = trace.input_at(t)
    edited = None if np.array_equal(x_t, exact.input_at(t), equal_nan=True) else x_t
    states = {
        trace.model.qualified(index, name): after[name]
        for index, (before, after) in enumerate(
            zip(exact.carried_into(t), trace.carried_into(t), strict=True)
        )
        for name in after
        if not np.array_equal(before[name], after[name], equal_nan=True)
    }
    return parent.fork(t, x_t=edited, state=states)

"""RNN, GRU and LSTM nodes as layers: what they read, and what Y, Y_h and Y_c are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.onnx.cell import half_plan, node_weights, refused
from rnnstep.weights.onnx.graph import Node, layer_name
from rnnstep.weights.onnx.states import Padding, initial_states, padding
from rnnstep.weights.onnx.values import (
    ANY_INPUT,
    FEATURES,
    STACK,
    Member,
    Other,
    Signal,
    Value,
)

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

_DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}


def recurrent(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    """The layers that a recurrent node is, and what they give as Y, Y_h and Y_c."""
    values = [*values, *[None] * (8 - len(values))]
    ways = _DIRECTIONS.get(node.text("direction", "forward"))
    if ways is None:
        raise refused(node, f"unknown direction '{node.text('direction')[:40]}'")
    weights = node_weights(node, values, len(ways))
    signal = _input(walk, node, values[0], weights.kernel.array.shape[2])
    if signal is None:
        return None
    batch_first = bool(node.of("layout", int, 0))
    time, batch = (1, 0) if batch_first else (0, 1)
    if not signal.axes[time]:
        parts = list(signal.axes)
        parts[time] = (f"{node.label} time",)
        signal = replace(signal, axes=tuple(parts))
    walk.times.update(signal.axes[time])
    samples = signal.size(signal.axes[batch])
    if signal.size(signal.axes[time]) == 1 and samples and samples > 1:
        told = f"{node.label}: the file has 1 timestep of {samples} samples; here it is a sequence"
        walk.notes.append(Note(told, "", True))
    base, source = walk.name(layer_name(node, node.op)), walk.source(signal)
    names = [base] if len(ways) == 1 else [f"{base}/forward", f"{base}/backward"]
    skip = padding(walk, node, values[4], source, base, signal.size(signal.axes[time]))
    for way, (name, reverse) in enumerate(zip(names, ways, strict=True)):
        plan = half_plan(walk, node, weights, way)
        initial, notes = initial_states(walk, node, values, way, len(ways), weights.hidden)
        if signal.backwards:
            told = "the graph turns the sequence round before it: rows are in the sequence's order"
            notes.append(Note(told))
        reads: tuple[Link, ...] = (walk.link(source, name),)
        walk.add(
            plan.replaced(
                name=name,
                reverse=reverse != signal.backwards,
                reads=(*reads, skip.mask) if skip is not None else reads,
                holds=skip is not None,
                initial=initial,
                notes=(*plan.notes, *notes),
            ),
            weights.hidden,
        )
    return _outputs(walk, node, signal, names, skip, (time, batch), weights.hidden)


def _input(walk: Walk, node: Node, value: Value | None, features: int) -> Signal | None:
    """What the node reads; the sequence in place of what cannot be run before it."""
    batch_first = bool(node.of("layout", int, 0))
    if isinstance(value, Signal):
        feature, moments = value.axes[-1], [m.moment in ("first", "last") for m in value.members]
        own = {a for a in feature if value.sizes.get(a) != 1} - {FEATURES, STACK}
        layers = any(member.layer for member in value.members)
        fits = len(value.axes) == 3 and value.whole and not any(moments)
        fits = fits and (FEATURES in feature and not own if layers else len(own) <= 1)
        fits = fits and sum(value.widths) in (0, features) and not walk.is_time(feature)
        time, batch = value.axes[1 if batch_first else 0], value.axes[0 if batch_first else 1]
        # a batch that another layer has as its time: rows of an image, words of a document
        if fits and not (walk.is_time(batch) and batch) and len(time) <= 1:
            return replace(value, widths=value.widths if layers else (features,))
        if layers and any(member.layer in walk.after for member in value.members):
            walk.left[node.label] = None
            return None
        value = Other(nodes=_between(walk, value) or (f"what leads to {node.label}",))
    if not isinstance(value, Other) or value.recurrent:
        walk.left[node.label] = None
        return None
    entry = Member("", value.outside or ANY_INPUT)
    if value.nodes:
        walk.before[layer_name(node, node.op)] = value.nodes
    axes = (("batch",), ("time",)) if batch_first else (("time",), ("batch",))
    return Signal((entry,), (*axes, ("features",)), (features,))


def _between(walk: Walk, signal: Signal) -> tuple[str, ...]:
    """The layers that a node does not read although they lead to it."""
    names = dict.fromkeys(member.layer for member in signal.members if member.layer)
    return tuple(f"{walk.plans[name].cell} '{name}'" for name in names)


def _outputs(
    walk: Walk,
    node: Node,
    signal: Signal,
    names: Sequence[str],
    skip: Padding | None,
    places: tuple[int, int],
    hidden: int,
) -> Sequence[Value]:
    """Y, Y_h and Y_c."""
    time, batch = places
    shown, used_names = [*node.outputs, "", ""], walk.uses
    whole = [Member(name) for name in names]
    if skip is not None and used_names[shown[0]]:
        whole = [skip.cut(walk, name, hidden) for name in names]
    ends = ["first" if walk.plans[name].reverse else "last" for name in names]
    members = (
        tuple(whole),
        tuple(Member(name, "", end) for name, end in zip(names, ends, strict=True)),
        tuple(Member(name, "c_t", end) for name, end in zip(names, ends, strict=True)),
    )
    if len(names) > 1:
        first = members[0] if used_names[shown[0]] or not used_names[shown[1]] else members[1]
        walk.pairs[names[0].removesuffix("/forward")] = first
    stack = (STACK,) if len(names) > 1 else ()
    b, t = signal.axes[batch], signal.axes[time]
    # layout 1 has the batch first: (batch, time, directions, features)
    axes = (b, t, stack, (FEATURES,)) if time else (t, stack, b, (FEATURES,))
    last = (b, stack, (FEATURES,)) if time else (stack, b, (FEATURES,))
    widths = (hidden,) * len(names)
    return [
        Signal(made, shape, widths, signal.sizes, backwards)
        for made, shape, backwards in zip(
            members, (axes, last, last), (signal.backwards, False, False), strict=True
        )
    ][: max(len(node.outputs), 1)]


HANDLERS = {"RNN": recurrent, "GRU": recurrent, "LSTM": recurrent}

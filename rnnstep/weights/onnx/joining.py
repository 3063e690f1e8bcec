"""Operators that bring outputs together, turn them around in time or repeat them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rnnstep.notes import Note
from rnnstep.weights.onnx.arguments import given
from rnnstep.weights.onnx.choosing import axed
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.reshaping import arrays_of, features_axis, first_signal
from rnnstep.weights.onnx.values import FEATURES, STACK, Const, Member, Signal, Value

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk


def _concat(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signals = [value for value in values if isinstance(value, Signal)]
    first = signals[0]
    if len(signals) < len(values) or not _alike(signals):
        return None
    if len(signals) == 1:
        return [first]
    axis = node.of("axis", int, 0) % len(first.axes)
    ends = [signal.axes[axis] for signal in signals]
    members = tuple(member for signal in signals for member in signal.members)
    widths = tuple(width for signal in signals for width in signal.widths)
    axes = list(first.axes)
    if all(atoms in ((), (STACK,)) for atoms in ends) and len(set(widths)) == 1:
        axes[axis] = (STACK,)
    elif all(features_axis(walk, signal, axis) == axis for signal in signals):
        axes[axis] = (STACK, FEATURES)
    else:
        return None
    return [replace(first, members=members, widths=widths, axes=tuple(axes))]


def _alike(signals: Sequence[Signal]) -> bool:
    """Whether signals are of the same timesteps, so that they can be brought together."""
    moments = {bool(member.moment) for signal in signals for member in signal.members}
    ranks = {len(signal.axes) for signal in signals}
    return len(moments) == len(ranks) == len({signal.backwards for signal in signals}) == 1


def merged(walk: Walk, values: Sequence[Value | None], merge: str) -> Sequence[Value] | None:
    """Two outputs of the same size, added or multiplied."""
    signals = [value for value in values if isinstance(value, Signal)]
    if len(signals) != 2 or len(values) != 2 or not _alike(signals):
        return None
    first, second = signals
    same = first.axes == second.axes and sum(first.widths) == sum(second.widths) > 0
    if not same or features_axis(walk, first) is None or features_axis(walk, second) is None:
        return None
    members = (walk.source(first), walk.source(second))
    return [_single(walk, first, members, merge)]


def _single(walk: Walk, signal: Signal, members: tuple[Member, ...], merge: str) -> Signal:
    width = sum(signal.widths) if signal.whole else signal.widths[0]
    made = walk.join(members, merge, width)
    axes = tuple((FEATURES,) if FEATURES in axis else axis for axis in signal.axes)
    return replace(signal, members=(made,), widths=(width,), axes=axes)


def _reduced(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    """The sum or the mean of the two directions."""
    signal = first_signal(values)
    axes = given(node, arrays_of(values), 1, "axes")  # type: ignore[arg-type]
    merge = "Sum" if node.op == "ReduceSum" else "Ave"
    if signal is None or axes is None or len(axes) != 1 or len(signal.members) != 2:
        return None
    axis = axes[0] % len(signal.axes)
    if signal.axes[axis] != (STACK,):
        return None
    whole = axed(signal, axis, bool(node.of("keepdims", int, 1)))
    return [_single(walk, replace(whole, widths=signal.widths[:1]), signal.members, merge)]


def _reversed(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    atoms = signal.axes[node.of("time_axis", int, 0) % len(signal.axes)]
    lengths = values[1] if len(values) > 1 else None
    if FEATURES in atoms or STACK in atoms:
        return None
    walk.times.update(atoms)
    if isinstance(lengths, Const):
        told = f"{node.label} turns the whole sequence; the file says {lengths.array.max()} steps"
        if signal.size(atoms) != lengths.array.max():
            walk.notes.append(Note(told, "", True))
    return [replace(signal, backwards=not signal.backwards)]


def _repeated(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    """What a layer ends with, at every timestep: Keras' RepeatVector."""
    signal = first_signal(values)
    if signal is None:
        return None
    single = [i for i, atoms in enumerate(signal.axes) if not atoms]
    counts = values[1].array.ravel() if len(values) > 1 and isinstance(values[1], Const) else None
    if counts is not None and len(counts) == len(signal.axes):
        single = [i for i in single if counts[i] != 1]
        if node.op == "Tile" and any(counts[i] > 1 for i in set(range(len(counts))) - {*single}):
            return None
    if not single:
        return [signal]
    if not signal.whole or not all(member.moment for member in signal.members):
        return None
    axes = list(signal.axes)
    axes[single[0]] = (f"{node.label} repeated",)
    member, width = walk.source(signal), sum(signal.widths)
    when = "always first" if member.moment == "first" else "always"
    members = (member._replace(moment=when),)
    axes = [(FEATURES,) if FEATURES in parts else parts for parts in axes]
    walk.notes.append(Note(f"{node.label}: repeated at every timestep of the sequence", "", True))
    return [replace(signal, members=members, widths=(width,), axes=tuple(axes), backwards=False)]


HANDLERS = {
    "Concat": _concat,
    "ReduceSum": _reduced,
    "ReduceMean": _reduced,
    "ReverseSequence": _reversed,
    "Expand": _repeated,
    "Tile": _repeated,
}

"""Operators that give the axes of an output another order or form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rnnstep.weights.onnx.arguments import given, unsqueezed
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import FEATURES, STACK, Axis, Const, Extent, Signal, Value

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

_MOST = 8


def arrays_of(values: Sequence[Value | None]) -> list[object]:
    """The constants among the inputs, ``None`` for the others."""
    return [value.array if isinstance(value, Const) else None for value in values]


def first_signal(values: Sequence[Value | None]) -> Signal | None:
    """The first input, if it is the output of a layer."""
    return values[0] if values and isinstance(values[0], Signal) else None


def _same(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    return None if signal is None else [signal] * len(node.outputs)


def _transpose(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    order = node.ints("perm") or list(reversed(range(len(signal.axes))))
    if sorted(order) != list(range(len(signal.axes))):
        raise ValueError(f"perm {order[:_MOST]} for {len(signal.axes)} axes")
    return [replace(signal, axes=tuple(signal.axes[i] for i in order))]


def _unsqueeze(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    axes = given(node, arrays_of(values), 1, "axes") or []  # type: ignore[arg-type]
    old = iter(signal.axes)
    new = unsqueezed(len(signal.axes), axes)
    return [replace(signal, axes=tuple(() if fresh else next(old) for fresh in new))]


def _squeeze(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    axes = given(node, arrays_of(values), 1, "axes")  # type: ignore[arg-type]
    if axes is None:
        axes = [i for i, axis in enumerate(signal.axes) if signal.size(axis) == 1 or not axis]
    return dropped(walk, signal, [axis % len(signal.axes) for axis in axes])


def dropped(walk: Walk, signal: Signal, axes: Sequence[int]) -> list[Value] | None:
    """The signal without axes of length one."""
    for axis in axes:
        parts = signal.axes[axis]
        if FEATURES in parts or STACK in parts:
            return None
        if walk.is_time(parts):
            # a graph for one timestep: what it gives then is what it gives at each
            members = tuple(m._replace(moment=m.moment or "last") for m in signal.members)
            signal = replace(signal, members=members)
    kept = tuple(a for i, a in enumerate(signal.axes) if i not in set(axes))
    return [replace(signal, axes=kept)]


def _reshape(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal, target = first_signal(values), _target(node, values)
    if signal is None or target is None or len(target) > _MOST or len(signal.axes) > _MOST:
        return None
    if not node.of("allowzero", int, 0):
        target = [_Same(i) if n == 0 else n for i, n in enumerate(target)]
    found = max(_partitions(signal, target), key=lambda made: made[0], default=None)
    return None if found is None else [replace(signal, axes=found[1])]


def _target(node: Node, values: Sequence[Value | None]) -> list[int | None] | None:
    if len(values) < 2:
        return node.ints("shape")  # type: ignore[return-value]
    match values[1]:
        case Const(array=array):
            return [int(number) for number in array.ravel()]
        case Extent(lengths=lengths) if lengths is not None:
            return list(lengths)
    return None


class _Same(int):
    """The place of an axis that stays as it is."""


def _partitions(
    signal: Signal, target: Sequence[int | None]
) -> Iterator[tuple[int, tuple[Axis, ...]]]:
    """The ways to read a reshape: which neighbouring atoms each new axis is made of.

    Each with how natural it is: that an axis is one atom, or the features of several layers,
    and that known lengths fit.
    """
    atoms = tuple(atom for axis in signal.axes for atom in axis)
    if len(atoms) > _MOST:
        return
    yield from _place(signal, atoms, tuple(target))


def _place(
    signal: Signal, atoms: Axis, target: tuple[int | None, ...]
) -> Iterator[tuple[int, tuple[Axis, ...]]]:
    if not target:
        if not atoms:
            yield 0, ()
        return
    for count in range(len(atoms) + 1):
        score = _score(signal, atoms[:count], target[0])
        if score is not None:
            for rest, axes in _place(signal, atoms[count:], target[1:]):
                yield score + rest, (atoms[:count], *axes)


def _score(signal: Signal, axis: Axis, wanted: int | None) -> int | None:
    """How well an axis of these atoms fits a length; ``None`` if it cannot."""
    size = signal.size(axis)
    if isinstance(wanted, _Same):
        fits = wanted < len(signal.axes) and axis == signal.axes[wanted]
        return 4 if fits else None
    if wanted is not None and wanted >= 0 and size not in (None, wanted):
        return None
    natural = len(axis) == 1 or axis == (STACK, FEATURES)
    mixed = FEATURES in axis and not natural
    known = wanted is not None and wanted > 0 and size == wanted
    lost = not axis and wanted != 1
    return 2 * natural + known - 3 * mixed - 3 * lost


def _flatten(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    place = node.of("axis", int, 1)
    axes = (signal.axes[:place], signal.axes[place:])
    joined = tuple(tuple(atom for axis in part for atom in axis) for part in axes)
    return [replace(signal, axes=joined)]


def _shape(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    part = slice(node.of("start", int, 0), node.of("end", int))
    return [Extent(tuple(map(signal.size, signal.axes))[part])]


HANDLERS = {
    "Identity": _same,
    "Dropout": _same,
    "Cast": _same,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Shape": _shape,
}


def features_axis(walk: Walk, signal: Signal, wanted: int | None = None) -> int | None:
    """The axis of a signal's features: the one that is, or the last of a sequence's.

    Args:
        walk: knows which axes are time.
        signal: the output of layers, or the sequence.
        wanted: the axis that an operator takes as the features'; ``None`` if it is the last.
    """
    last = len(signal.axes) - 1 if wanted is None else wanted % max(len(signal.axes), 1)
    if not 0 <= last < len(signal.axes) or not signal.whole:
        return None
    axis = tuple(atom for atom in signal.axes[last] if signal.sizes.get(atom) != 1)
    if any(FEATURES in parts for parts in signal.axes):
        wide = (STACK, FEATURES) if len(signal.members) > 1 else (FEATURES,)
        return last if axis == wide else None
    raw = len(signal.members) == 1 and not signal.members[0].layer
    return last if raw and len(axis) <= 1 and not walk.is_time(axis) else None

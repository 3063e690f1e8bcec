"""Operators that choose a part: a timestep, a direction, one layer of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.weights.onnx.arguments import given, ranges
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.reshaping import arrays_of, first_signal
from rnnstep.weights.onnx.values import FEATURES, STACK, Const, Signal, Value

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

_FAR = 2**31 - 1
"""From here on an end of a slice means the end of the axis, however long that is."""


def _slice(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None or not all(value is None or isinstance(value, Const) for value in values[1:]):
        return None
    sizes = [signal.size(axis) for axis in signal.axes]
    found: Signal | None = signal
    for axis, part in ranges(node, arrays_of(values), sizes).items():  # type: ignore[arg-type]
        found = found and _cut(walk, found, axis, part)
    return None if found is None else [found]


def _cut(walk: Walk, signal: Signal, axis: int, part: slice) -> Signal | None:
    """The signal with a part of one axis."""
    size, atoms = signal.size(signal.axes[axis]), signal.axes[axis]
    begins, ends, step = part.start, part.stop, part.step
    if size is not None and range(size)[part] == range(size):
        return signal
    if atoms == (STACK,):
        return _chosen(signal, axis, list(range(len(signal.members)))[part], keep=True)
    if STACK in atoms or FEATURES in atoms:
        return _features(signal, axis, range(sum(signal.widths))[part])
    if step == 1 and begins == 0 and (ends is None or ends >= _FAR):
        return signal
    if step == -1 and (begins == -1 or begins >= _FAR):
        whole = ends is None or ends <= -_FAR or (size is not None and ends < -size)
        walk.times.update(atoms)
        return replace(signal, backwards=not signal.backwards) if whole else None
    if not walk.is_time(atoms):
        return signal if step == 1 and begins == 0 else None
    if step == 1 and begins == 0 and ends == 1:
        return moment(signal, axis, at_end=False, keep=True)
    last = ends is None or ends >= _FAR or ends == size
    if step == 1 and last and (begins == -1 or (size is not None and begins == size - 1)):
        return moment(signal, axis, at_end=True, keep=True)
    return None


def moment(signal: Signal, axis: int, at_end: bool, keep: bool) -> Signal:
    """What a signal has at one end of its time axis."""
    when = "last" if at_end != signal.backwards else "first"
    members = tuple(m._replace(moment=m.moment or when) for m in signal.members)
    return axed(replace(signal, members=members, backwards=False), axis, keep)


def axed(signal: Signal, axis: int, keep: bool) -> Signal:
    """The signal without an axis, or with one of length one in its place."""
    middle = ((),) if keep else ()
    return replace(signal, axes=(*signal.axes[:axis], *middle, *signal.axes[axis + 1 :]))


def _chosen(signal: Signal, axis: int, places: Sequence[int], keep: bool) -> Signal | None:
    """Some of the members that lie along an axis."""
    if not places:
        return None
    members = tuple(signal.members[i] for i in places)
    widths = tuple(signal.widths[i] for i in places)
    chosen = replace(signal, members=members, widths=widths)
    return chosen if len(places) > 1 else axed(chosen, axis, keep)


def _features(signal: Signal, axis: int, part: range) -> Signal | None:
    """The members whose features are exactly a part of an axis."""
    ends = np.cumsum((0, *signal.widths)).tolist()
    if part.step != 1 or part.start not in ends or part.stop not in ends or not part:
        return None
    first, last = ends.index(part.start), ends.index(part.stop)
    axes = list(signal.axes)
    axes[axis] = (STACK, FEATURES) if last - first > 1 else (FEATURES,)
    return replace(
        signal,
        members=signal.members[first:last],
        widths=signal.widths[first:last],
        axes=tuple(axes),
    )


def _gather(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    from rnnstep.weights.onnx.plain import embedding

    match values:
        case [Const(), Signal()]:
            return embedding(walk, node, values)
        case [Signal() as signal, Const(array=places)] if places.size >= 1 and places.ndim < 2:
            axis = node.of("axis", int, 0) % len(signal.axes)
            found = _picked(walk, signal, axis, [int(i) for i in places.ravel()], places.ndim == 1)
            return None if found is None else [found]
    return None


def _picked(
    walk: Walk, signal: Signal, axis: int, places: Sequence[int], keep: bool
) -> Signal | None:
    atoms, size = signal.axes[axis], signal.size(signal.axes[axis])
    if atoms == (STACK,):
        return _chosen(signal, axis, [i % len(signal.members) for i in places], keep)
    if len(places) > 1 or STACK in atoms or FEATURES in atoms:
        return None
    if not walk.is_time(atoms):
        return axed(signal, axis, keep)
    if places[0] == -1 or (size is not None and places[0] == size - 1):
        return moment(signal, axis, True, keep)
    return moment(signal, axis, False, keep) if places[0] == 0 else None


def _split(_: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    axis = node.of("axis", int, 0) % len(signal.axes)
    atoms, total = signal.axes[axis], signal.size(signal.axes[axis])
    sizes = given(node, arrays_of(values), 1, "split")  # type: ignore[arg-type]
    if total is None or not (STACK in atoms or FEATURES in atoms):
        return None
    if sizes is None:
        each = -(-total // len(node.outputs))
        sizes = [min(each, total - i * each) for i in range(len(node.outputs))]
    ends = np.cumsum([0, *sizes]).tolist()
    stacked = atoms == (STACK,)
    parts = [
        _chosen(signal, axis, range(start, stop), keep=True)
        if stacked
        else _features(signal, axis, range(start, stop))
        for start, stop in pairwise(ends)
    ]
    return None if None in parts or ends[-1] != total else parts  # type: ignore[return-value]


HANDLERS = {
    "Slice": _slice,
    "Gather": _gather,
    "Split": _split,
}

"""Axes, sizes and places that operators take as attributes or, since some opset, as inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.equations import Array
from rnnstep.weights.onnx.graph import Node

Arrays = Sequence["Array | None"]
"""The constants among a node's inputs, ``None`` for the others."""


def given(node: Node, arrays: Arrays, place: int, name: str) -> list[int] | None:
    """Integers that an operator takes as an attribute or, since some opset, as an input."""
    if len(arrays) > place and arrays[place] is not None:
        return [int(number) for number in np.ravel(arrays[place])]  # type: ignore[arg-type]
    return node.ints(name)


def unsqueezed(rank: int, axes: Sequence[int]) -> list[bool]:
    """For each axis of the result whether it is a new one."""
    total = rank + len(axes)
    new = {axis % total if -total <= axis < total else total for axis in axes}
    if len(new) < len(axes) or total in new:
        raise ValueError(f"axes {list(axes)} for {rank} axes")
    return [axis in new for axis in range(total)]


def ranges(node: Node, arrays: Arrays, shape: Sequence[int | None]) -> dict[int, slice]:
    """The slices of a ``Slice`` node by axis; ``None`` lengths are long."""
    starts, ends = given(node, arrays, 1, "starts"), given(node, arrays, 2, "ends")
    if starts is None or ends is None or len(starts) != len(ends):
        raise ValueError("starts and ends differ in number, or are missing")
    axes = given(node, arrays, 3, "axes") or list(range(len(starts)))
    steps = given(node, arrays, 4, "steps") or [1] * len(starts)
    found = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = axis % len(shape)
        size = shape[place]
        # an end that lies before the first entry is none at all for numpy
        before = size is not None and end < -size
        found[place] = slice(start, None if before and step < 0 else end, step)
    return found

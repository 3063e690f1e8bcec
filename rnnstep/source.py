"""What a layer reads as one of its inputs: the sequence, or a value of a layer before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.layer import Layer
from rnnstep.record import Record

SEQUENCE = -1
"""The place, among the layers, of the sequence that the first of them reads."""


class Source(Record):
    """``value`` of ``layer``, given by its place; see :class:`rnnstep.layer.Link`."""

    layer: int
    value: str
    final: bool = False


def width_of(layers: Sequence[Layer], source: Source, features: int = 0) -> int:
    """How many numbers a source gives at each timestep: ``features`` if it is the sequence."""
    if source.layer == SEQUENCE:
        return features
    return int(np.prod(layers[source.layer].shape(source.value), dtype=int))

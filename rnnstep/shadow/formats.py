"""The number formats of a shadow: how each rounds a weight, and what rounds a value in a line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array, Node, quantize
from rnnstep.equations.functions import FUNCTIONS
from rnnstep.equations.nodes import Call, Number, Unary
from rnnstep.scale import largest

QUANTIZE = "quantize"
"""The function that rounds to integers, in a line."""

_DIGITS = 4
"""Significant digits of a step: it stands in the line and has to be read."""

_LEAST = 1e-30
"""A step below is none: what is that small is zero."""


@dataclass(frozen=True)
class Format:
    """A number format.

    Attributes:
        name: such as ``int8``; that of a format without levels is its function, too.
        levels: how many steps an integer counts on either side of zero; 0 for a float.
        beyond: what a float has no finite number for, from this size on.
    """

    name: str
    levels: int = 0
    beyond: float = math.inf

    def step(self, limit: float) -> float:
        """The step with which integers reach a size, rounded up to four digits."""
        exact = limit / self.levels
        if not exact > _LEAST:
            return self.step(1.0)
        unit = 10.0 ** (math.floor(math.log10(exact)) - _DIGITS + 1)
        return float(f"{math.ceil(exact / unit * (1 - 1e-12)) * unit:.{_DIGITS - 1}e}")

    def rounding(self, node: Node, limit: float) -> Node:
        """A node with the call around it that brings its value to the format.

        Args:
            node: the value.
            limit: the largest size that has to be reached; floats have their own.
        """
        if not self.levels:
            return Call(self.name, (node,))
        most = Number(float(self.levels))
        return Call(QUANTIZE, (node, Number(self.step(limit)), Unary("-", most), most))

    def of_weight(self, array: Array, per_row: bool = False) -> Array:
        """A weight in the format.

        Integers have one step for a matrix, or for a row: its largest size over the levels. A
        vector, such as a bias, stays as it is: integer kernels add it in 32 bits.

        Args:
            array: (rows, columns), (entries,) or a number.
            per_row: whether each row of a matrix has its own step.
        """
        if self.levels and array.ndim < 2:
            return array
        if not self.levels:
            with np.errstate(all="ignore"):
                return np.asarray(FUNCTIONS[self.name].compute(array))
        exact = array.astype(np.float64)
        sizes = [largest(row) for row in exact] if per_row else [largest(exact)] * len(exact)
        steps = np.array(sizes).reshape(-1, *[1] * (array.ndim - 1)) / self.levels
        rounded = quantize(exact, np.where(steps > 0, steps, 1.0), -self.levels, self.levels)
        return rounded.astype(array.dtype)


FORMATS = {
    known.name: known
    for known in (
        Format("float16", beyond=65520.0),
        Format("bfloat16", beyond=float.fromhex("0x1.ffp127")),
        Format("int8", levels=2**7 - 1),
        Format("int16", levels=2**15 - 1),
    )
}
"""Every format by name. Integers are symmetric: without the lowest number, which has no mirror."""

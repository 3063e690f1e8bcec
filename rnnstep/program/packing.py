"""What running one sequence and running many have in common: packs as calls, weights as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from rnnstep.cells import Equation
from rnnstep.equations import Array, Node
from rnnstep.program.instructions import Instruction, NotDirectError
from rnnstep.program.packs import Pack

STACKED = 32 * 2**20
"""Bytes of weights up to which those of a pack are copied side by side; beyond, a call for each
costs nothing beside reading them."""

Direct = Callable[[Sequence[Node], Array], list[Instruction]]
"""The calls that write expressions of one form to an array, or :class:`NotDirectError`."""


def pack_calls(
    pack: Pack,
    together: Array | None,
    direct: Direct,
    alone: Callable[[Equation], list[Instruction]],
) -> list[Instruction]:
    """The calls for a pack: for all of its equations at once if that can be, else for each."""
    if len(pack) > 1 and together is not None:
        with suppress(NotDirectError):
            return direct([equation.node for equation in pack], together)
    return [call for equation in pack for call in alone(equation)]


def stacked(weights: Sequence[Array]) -> Array | None:
    """Weights as one array, one behind the other; ``None`` if they are too large for a copy."""
    if len(weights) == 1:
        return weights[0]
    if sum(weight.nbytes for weight in weights) > STACKED or weights[0].ndim == 0:
        return None
    return np.concatenate(weights)


def assign(compute: Callable[..., Any], names: Mapping[str, Any], out: Array) -> None:
    """Compute what has no calls of its own, and put it where it belongs."""
    np.copyto(out, compute(names), casting="unsafe")

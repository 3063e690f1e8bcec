"""What a cell's listing is made of: declarations and equations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rnnstep.equations import Node, Shape
from rnnstep.record import Record

Kind = Literal["input", "state", "weight"]

PREVIOUS, CURRENT = "_prev", "_t"
"""How a state is named before and after the step: h_prev becomes h_t."""

MASK = "m_t"
"""The mask of a timestep: 1 where there is something to read, 0 at padding."""


class Declaration(Record):
    """``weight Wx: hidden, input``. ``default`` fills a weight that a file leaves out."""

    kind: Kind
    name: str
    shape: Shape
    default: float | None = None


class Equation(Record):
    """One named line of a cell: ``h_t = tanh(a)``."""

    name: str
    node: Node
    text: str
    """The right side as the listing has it, options replaced by what was chosen."""
    comment: str = ""


class Listing(Record):
    """What a cell's file says, before the parts are checked against one another."""

    description: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    equations: tuple[Equation, ...]
    options: Mapping[str, str]
    output: str | None
    lines: Mapping[str, tuple[str, str, int]]
    """For each name: ``file:line``, the line's text, where its expression begins."""

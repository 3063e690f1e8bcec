"""A warning for a file that seems to have a recurrent layer, of which none was recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rnnstep.cells import load_cell
from rnnstep.notes import Note
from rnnstep.weights.plan import Plan
from rnnstep.weights.remarks import some

_HINTS = re.compile(r"(?<![a-z])(w_?hh|hh|h2h|i2h|x2h|rnn|lstm|gru|recurrent)(?![a-z])", re.I)
_NUMBERED = re.compile(r"\d|fc|dense|linear|layer", re.I)


def without_memory(plans: Sequence[Plan], names: Iterable[str]) -> tuple[Note, ...]:
    """What is said where no layer is recurrent, but a name or a square matrix hints at one."""
    if any(load_cell(plan.cell).recurrent for plan in plans):
        return ()
    hints = [name for name in names if _HINTS.search(name)]
    how = "give a recurrent layer's tensors a cell's names: --rename A=weight_ih,B=weight_hh"
    if hints:
        text = f"no recurrent layer was recognised, though there is {some(hints)}; {how}"
        return (Note(text, warning=True),)
    square = [
        name
        for plan in plans
        if plan.cell == "Dense" and len({*_shape(plan)}) == 1
        for name, role in plan.used.items()
        if role == "W" and not _NUMBERED.search(name)
    ]
    if not square or len(plans) < 2:
        return ()
    text = f"no recurrent layer was recognised: {some(square)} is read as a dense layer; {how}"
    return (Note(text),)


def _shape(plan: Plan) -> tuple[int, ...]:
    return plan.weights["W"].shape if "W" in plan.weights else ()

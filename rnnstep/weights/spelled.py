"""Recurrent layers whose stacked tensors have names that people give them, such as ``w_ih``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rnnstep.notes import Note
from rnnstep.weights.conventions import KERNEL, PYTORCH, RECURRENT
from rnnstep.weights.gates import Roles
from rnnstep.weights.groups import Group
from rnnstep.weights.heads import heads
from rnnstep.weights.layouts import layout_of
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.request import Request
from rnnstep.weights.spelling import roles_of
from rnnstep.weights.stacked import framework_plan
from rnnstep.weights.templates import plainly


def by_spelling(group: Group, request: Request, where: str) -> list[Plan]:
    """A layer whose tensors have names that people give them, and the dense layer beside it.

    Returns:
        the plans, ``w_ih`` and ``w_hh`` first, then ``w_hy``; none if it is no such layer.
    """
    roles, left = roles_of(group.tensors)
    if not {KERNEL, RECURRENT} <= roles.keys() or len(_of_gates(left)) > 1:
        return []
    if roles[RECURRENT].array.ndim != 2:
        return []
    roles, swapped = _swapped(roles, left)
    convention, told = layout_of(group, roles)
    names = " and ".join(roles[role].name for role in (KERNEL, RECURRENT))
    why = f"{names}: {convention.framework} layout, by their {told}"
    hidden = roles[RECURRENT].array.shape[-1 if convention is PYTORCH else 0]
    after = heads(left, hidden, convention is PYTORCH)
    unknown = [tensor for tensor in left.values() if not any(tensor.name in p.used for p in after)]
    if {KERNEL, RECURRENT} <= group.tensors.keys() and unknown:
        # under rnnstep's own names a tensor too many is a mistake, not another layer's
        return []
    plan = framework_plan(convention, roles, request, where, why)
    if plan is None:
        return []
    notes = [*plan.notes, *swapped]
    if plan.cell == "LSTM" and not request.gate_order and _is_cs231n(group):
        text = "CS231n's code, which has these names, stacks i, f, o, g"
        notes.append(Note(text, "--gate-order i,f,o,g", warning=True))
    return [plan.replaced(notes=tuple(notes)), *after]


def _of_gates(left: Mapping[str, Tensor]) -> list[str]:
    """Kernels that are one gate's: what is beside them is then no whole layer."""
    return [leaf for leaf in left if re.fullmatch(r"[wu][xhi]?[ifgcozrn]", plainly(leaf))]


def _swapped(roles: Roles, left: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], list[Note]]:
    """The roles of W and U, which textbooks have the other way round where a V is beside them."""
    found = dict(roles)
    own = {name.rpartition("/")[2].lower() for name in (roles[KERNEL].name, roles[RECURRENT].name)}
    if own != {"w", "u"} or "v" not in map(str.lower, left):
        return found, []
    if roles[KERNEL].array.ndim != 2 or len(set(roles[KERNEL].array.shape)) > 1:
        return found, []
    found[KERNEL], found[RECURRENT] = roles[RECURRENT], roles[KERNEL]
    text = "U is read as the input's matrix and W as the hidden state's, as textbooks have U, W, V"
    return found, [Note(text, "--rename W=Wx,U=Wh", warning=True)]


def _is_cs231n(group: Group) -> bool:
    return {"Wx", "Wh", "b"} <= group.tensors.keys()

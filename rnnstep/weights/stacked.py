"""Recurrent layers whose gates a framework stacks: from tensors by role to a plan."""

from __future__ import annotations

from rnnstep.cells import load_cell
from rnnstep.notes import Note
from rnnstep.weights.conventions import (
    BIAS,
    CELL_OF_GATES,
    CONVENTIONS,
    GRU,
    KERAS,
    KERNEL,
    LSTM,
    PROJECTION,
    RECURRENT,
    TENSORFLOW1,
    Convention,
)
from rnnstep.weights.gates import GATE_ORDER, Roles, gate_count, split_gates
from rnnstep.weights.groups import Group
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.request import Request


def framework_plan(
    convention: Convention,
    roles: Roles,
    request: Request,
    where: str,
    why: str = "",
    cell: str = "",
) -> Plan | None:
    """A recurrent layer whose tensors are stacked as a framework stacks them.

    Args:
        convention: the framework's layout.
        roles: the tensors by role.
        request: what the user said; its gate order and cell are followed.
        where: the file, for errors.
        why: what told the layout.
        cell: the cell, if the file says it.

    Returns:
        a plan without a name; ``None`` if the recurrent kernel is no stack of known gates.
    """
    gates = gate_count(roles, convention.transposed)
    if gates not in convention.gates:
        return None
    order = request.gate_order if len(request.gate_order) == gates else ()
    convention = convention.ordered(order)
    name = request.cell or cell or CELL_OF_GATES[gates]
    notes = []
    if not request.cell and not cell:
        name, told = _variant(name, convention, roles)
        notes.append(Note(f"{name}, from {why or convention.framework + ' names'}{told}", "--cell"))
    if gates > 1:
        told = "as said" if order else convention.framework
        notes.append(Note(f"gate order {', '.join(convention.gates[gates])} ({told})", GATE_ORDER))
    built = load_cell(name, request.options)
    used = {
        tensor.name: f"{role} of {', '.join(filter(None, convention.gates[gates])) or name}"
        for role, tensor in roles.items()
    }
    return Plan("", name, split_gates(convention, roles, built, where), {}, used, tuple(notes))


def _variant(name: str, convention: Convention, roles: Roles) -> tuple[str, str]:
    """The form of a cell that its tensors tell, and how they do."""
    gates = gate_count(roles, convention.transposed)
    if gates == GRU and convention is KERAS and BIAS in roles and roles[BIAS].array.ndim == 1:
        # reset_after needs two biases, and so shows in the bias's axes
        return "GRUResetBefore", f", {gates} gates, one bias"
    if gates == LSTM and PROJECTION in roles:
        return "LSTMProjected", f", {gates} gates and a projection"
    return name, f", {gates} gate{'s'[: gates > 1]}"


def by_framework_names(group: Group, request: Request, where: str) -> Plan | None:
    """A layer whose tensors have exactly a framework's names."""
    for convention in CONVENTIONS:
        roles = {
            role: group.tensors[name]
            for role, name in convention.names.items()
            if name in group.tensors
        }
        complete = convention.names.keys() - convention.optional <= roles.keys()
        if convention is not TENSORFLOW1 and complete and len(roles) == len(group.tensors):
            plan = framework_plan(convention, roles, request, where)
            if plan is not None:
                return plan
    return None


def tensorflow1(group: Group, request: Request, where: str) -> Plan | None:
    """TensorFlow 1's LSTM cell, which has one kernel for input and hidden state."""
    kernel, bias = group.tensors.get("kernel"), group.tensors.get("bias")
    if kernel is None or kernel.array.ndim != 2 or "lstm" not in group.name.lower():
        return None
    hidden, rest = divmod(kernel.array.shape[1], LSTM)
    others = len(group.tensors) - 1 - (bias is not None)
    if rest or others or not 0 < hidden < kernel.array.shape[0]:
        return None
    inputs = kernel.array.shape[0] - hidden
    roles = {
        KERNEL: Tensor(kernel.name, kernel.array[:inputs]),
        RECURRENT: Tensor(kernel.name, kernel.array[inputs:]),
    }
    if bias is not None:
        # BasicLSTMCell adds its forget_bias of 1 when it runs, not to the file
        raised = bias.array.copy()
        raised[2 * hidden : 3 * hidden] += 1
        roles[BIAS] = Tensor(bias.name, raised)
    plan = framework_plan(TENSORFLOW1, roles, request, where, "one kernel of input and hidden")
    if plan is None:
        return None
    forget = Note("forget bias 1 added, as BasicLSTMCell does when it runs", warning=True)
    return plan.replaced(notes=(*plan.notes, forget))

"""From a framework's stacked tensors to a cell's own weights, each shape checked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnnstep.cells import Cell, load_cell
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.conventions import (
    BIAS,
    INPUT_BIAS,
    KERNEL,
    PROJECTION,
    RECURRENT,
    RECURRENT_BIAS,
    Convention,
)
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.request import Request

GATE_ORDER = "--gate-order"
"""The option that says how gates are stacked."""

Roles = Mapping[str, Tensor]
"""A layer's tensors by role."""


def gate_count(roles: Roles, transposed: bool) -> int:
    """How many gates the recurrent kernel stacks; 0 if its shape is not such a stack."""
    kernel = roles[RECURRENT].array
    if kernel.ndim != 2 or 0 in kernel.shape:
        return 0
    stacked, carried = kernel.shape[::-1] if transposed else kernel.shape
    hidden = roles[PROJECTION].array.shape[-1] if PROJECTION in roles else carried
    return stacked // hidden if hidden and stacked % hidden == 0 else 0


def split_gates(convention: Convention, roles: Roles, cell: Cell, where: str) -> dict[str, Array]:
    """A framework's tensors as the cell's own weights.

    Two biases are added where the cell has one: both stand outside every product there.

    Raises:
        InputError: a tensor whose shape does not fit the others, by name and axis.
    """
    count = gate_count(roles, convention.transposed)
    gates = convention.gates[count]
    stacked = roles[RECURRENT].array.shape[1 if convention.transposed else 0]
    parts: dict[str, Array] = {}
    for role, tensor in roles.items():
        rows = _rows(role, tensor, convention.transposed, stacked, where)
        if role == PROJECTION:
            parts[role] = rows
        elif rows.ndim == 2 and role == BIAS:
            # Keras' reset_after: the input bias above the recurrent one
            parts |= _split(INPUT_BIAS, rows[0], gates) | _split(RECURRENT_BIAS, rows[1], gates)
        else:
            parts |= _split(role, rows, gates)
    for suffix in map(_suffix, gates):
        names = (INPUT_BIAS + suffix, RECURRENT_BIAS + suffix)
        biases = [parts[name] for name in names if name in parts]
        if biases:
            parts[BIAS + suffix] = np.sum(biases, axis=0, dtype=biases[0].dtype)
    declared = {declaration.name for declaration in cell.weights}
    return {name: part for name, part in parts.items() if name in declared}


def check_order(plans: Sequence[Plan], request: Request, where: str) -> None:
    """Refuse an order of gates that no layer has, ``r,z,n`` for an LSTM, or that orders nothing.

    Raises:
        InputError: the order, and the gates that the recurrent layers have.
    """
    order = request.gate_order
    cells = [load_cell(plan.cell) for plan in plans]
    gates = [
        [d.name.removeprefix("Wx_") for d in cell.weights if d.name.startswith("Wx_")]
        for cell in cells
        if cell.recurrent
    ]
    if order and not any(set(order) == set(have) for have in gates):
        told = "; ".join(dict.fromkeys(", ".join(have) or "none" for have in gates)) or "none"
        raise InputError(
            f"{where}: {GATE_ORDER} {','.join(order)}: no layer has these gates; there are: {told}"
        )
    if order and not any(note.flag == GATE_ORDER for plan in plans for note in plan.notes):
        raise InputError(
            f"{where}: {GATE_ORDER} {','.join(order)}: each gate has tensors of its own, in no"
            " order; if they are others than their names say, --rename them"
        )


def _rows(role: str, tensor: Tensor, transposed: bool, stacked: int, where: str) -> Array:
    """The tensor with its gates, one below the other, along the first axis."""
    name, array = tensor.name, tensor.array
    if role in (KERNEL, RECURRENT, PROJECTION):
        rows = array.T if transposed and role != PROJECTION else array
        fits = rows.ndim == 2 and (role == PROJECTION or rows.shape[0] == stacked)
        expected = f"(…, {stacked})" if transposed else f"({stacked}, …)"
    else:
        rows = array
        pair = role == BIAS and array.shape == (2, stacked)
        fits, expected = array.shape == (stacked,) or pair, f"({stacked},)"
    if not fits:
        raise InputError(
            f"{where}: '{name}' has shape {array.shape}; the recurrent kernel asks for {expected}"
        )
    return rows


def _split(role: str, stacked: Array, gates: tuple[str, ...]) -> dict[str, Array]:
    pieces = np.split(stacked, len(gates))
    return {role + _suffix(gate): piece for gate, piece in zip(gates, pieces, strict=True)}


def _suffix(gate: str) -> str:
    return f"_{gate}" if gate else ""

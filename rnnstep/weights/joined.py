"""A linear layer that reads input and hidden state joined: ``i2h`` of PyTorch's tutorial."""

from __future__ import annotations

from rnnstep.cells import load_cell
from rnnstep.notes import Note
from rnnstep.weights.conventions import BIAS, KERNEL, RECURRENT
from rnnstep.weights.groups import Group
from rnnstep.weights.plan import Plan
from rnnstep.weights.request import Request

_NAMES = ("i2h", "in2hidden", "input2hidden", "in2h")
_LEAVES = {"weight", "bias"}


def joined(group: Group, request: Request) -> Plan | None:
    """A simple recurrent layer with one matrix, shape (hidden, input + hidden)."""
    called = group.name.rpartition("/")[2].lower() in _NAMES
    weight, bias = group.tensors.get("weight"), group.tensors.get("bias")
    if not called or weight is None or weight.array.ndim != 2 or group.tensors.keys() - _LEAVES:
        return None
    hidden, both = weight.array.shape
    cell = request.cell or "SimpleRNN"
    declared = {declaration.name for declaration in load_cell(cell).weights}
    if not 0 < hidden < both or not {KERNEL, RECURRENT} <= declared:
        return None
    inputs = both - hidden
    weights = {KERNEL: weight.array[:, :inputs], RECURRENT: weight.array[:, inputs:]}
    used = {weight.name: f"{KERNEL} and {RECURRENT} of {cell}"}
    if bias is not None:
        weights[BIAS] = bias.array
        used[bias.name] = f"{BIAS} of {cell}"
    text = f"{cell}, from {weight.name} {weight.array.shape}: read as one matrix for [x, h]"
    return Plan("", cell, weights, {}, used, (Note(text, "--cell Dense", warning=True),))

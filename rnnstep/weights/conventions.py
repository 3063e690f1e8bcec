"""How frameworks lay out the weights of a layer: one table, with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.cells import Cell
from rnnstep.equations import Array


@dataclass(frozen=True)
class Convention:
    """One framework's layout of a family of layers.

    Attributes:
        framework: whose layout it is.
        names: the framework's tensor for each role: the kernel ``Wx``, the recurrent kernel
            ``Wh``, the bias ``b``, or the two biases ``bx`` and ``bh``.
        gates: for each number of gates, our gates' suffixes in the framework's order.
        transposed: whether kernels are (input, gates × hidden) instead of the reverse.
        optional: the roles that a file may leave out.
        source: where the framework says so.
    """

    framework: str
    names: Mapping[str, str]
    gates: Mapping[int, tuple[str, ...]]
    transposed: bool
    optional: frozenset[str]
    source: str


CONVENTIONS = (
    Convention(
        "Keras",
        {"Wx": "kernel", "Wh": "recurrent_kernel", "b": "bias"},
        {1: ("",), 3: ("z", "r", "n"), 4: ("i", "f", "g", "o")},
        transposed=True,
        optional=frozenset({"b"}),
        source="keras/src/layers/rnn: simple_rnn.py, gru.py (z, r, h), lstm.py (i, f, c, o)",
    ),
    Convention(
        "PyTorch",
        {"Wx": "weight_ih", "Wh": "weight_hh", "bx": "bias_ih", "bh": "bias_hh"},
        {1: ("",), 3: ("r", "z", "n"), 4: ("i", "f", "g", "o")},
        transposed=False,
        optional=frozenset({"bx", "bh"}),
        source="torch.nn.RNN, torch.nn.GRU (W_ir|W_iz|W_in), torch.nn.LSTM (W_ii|W_if|W_ig|W_io)",
    ),
)

CELL_OF_GATES = {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}
"""The cell that a recurrent kernel of so many gates belongs to."""


def gate_count(convention: Convention, tensors: Mapping[str, Array]) -> int:
    """How many gates the recurrent kernel stacks; 0 if its shape is not a multiple of hidden."""
    kernel = tensors["Wh"]
    if kernel.ndim != 2:
        return 0
    stacked, hidden = kernel.shape[::-1] if convention.transposed else kernel.shape
    return stacked // hidden if hidden and stacked % hidden == 0 else 0


def by_role(convention: Convention, tensors: Mapping[str, Array]) -> dict[str, Array] | None:
    """The tensors by role, if they are exactly those of the convention; else ``None``."""
    roles = {name: role for role, name in convention.names.items()}
    required = convention.names.keys() - convention.optional
    found = {roles[name]: tensor for name, tensor in tensors.items() if name in roles}
    if len(found) < len(tensors) or not required <= found.keys():
        return None
    return found if gate_count(convention, found) in convention.gates else None


def to_cell_weights(
    convention: Convention, tensors: Mapping[str, Array], cell: Cell
) -> dict[str, Array]:
    """A framework's tensors, by role, as the cell's own weights.

    Two biases are added where the cell has one: both stand outside every product there.
    """
    gates = convention.gates[gate_count(convention, tensors)]
    parts: dict[str, Array] = {}
    for role, tensor in tensors.items():
        rows = tensor.T if convention.transposed and role in ("Wx", "Wh") else tensor
        if role == "b" and rows.ndim == 2:
            # Keras' reset_after: the input bias above the recurrent one
            parts |= _split("bx", rows[0], gates) | _split("bh", rows[1], gates)
        else:
            parts |= _split(role, rows, gates)
    for suffix in map(_suffix, gates):
        biases = [parts[name] for name in (f"bx{suffix}", f"bh{suffix}") if name in parts]
        if biases:
            parts[f"b{suffix}"] = np.sum(biases, axis=0, dtype=biases[0].dtype)
    declared = {declaration.name for declaration in cell.weights}
    return {name: part for name, part in parts.items() if name in declared}


def _split(role: str, stacked: Array, gates: tuple[str, ...]) -> dict[str, Array]:
    pieces = np.split(stacked, len(gates))
    return {role + _suffix(gate): piece for gate, piece in zip(gates, pieces, strict=True)}


def _suffix(gate: str) -> str:
    return f"_{gate}" if gate else ""

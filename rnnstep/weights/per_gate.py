"""Recurrent layers of which each gate has tensors of its own, as NumPy code has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnnstep.cells import load_cell
from rnnstep.equations import Array
from rnnstep.notes import Note
from rnnstep.weights.conventions import BIAS, INPUT_BIAS, KERNEL, LSTM, RECURRENT, RECURRENT_BIAS
from rnnstep.weights.groups import Group
from rnnstep.weights.heads import heads
from rnnstep.weights.layouts import upright
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.request import Request
from rnnstep.weights.templates import Match, match_gates, plainly

_UPDATE = (
    "update h = (1 - z)·n + z·h_prev: where the file's code has (1 - z)·h_prev + z·n,"
    " negate the weights and the bias of z"
)


def by_gate(group: Group, request: Request) -> list[Plan]:
    """A recurrent layer whose tensors are named by gate, and the dense layer named beside it.

    Returns:
        the plans; none if the names or the shapes are no such layer's.
    """
    tensors = {plainly(leaf): tensor for leaf, tensor in group.tensors.items()}
    match = match_gates(tensors)
    if match is None:
        return []
    pairs = _kernels(group, match, tensors)
    if pairs is None:
        return []
    kernels, is_upright, told = pairs
    parts, used, after = _with_biases(match, tensors, kernels)
    cell = request.cell or _cell(match, after)
    declared = {declaration.name for declaration in load_cell(cell).weights}
    if not kernels.keys() <= declared:
        return []
    weights = {name: part for name, part in parts.items() if name in declared}
    notes = _notes(cell, match, tensors, told, after)
    hidden = next(iter(weights.values())).shape[0]
    plan = Plan("", cell, weights, {}, used, notes)
    left = {k: t for k, t in group.tensors.items() if t.name not in used}
    return [plan, *heads(left, hidden, is_upright)]


def _kernels(
    group: Group, match: Match, tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Array], bool, str] | None:
    """Each gate's kernels as (hidden, …), whether they are so in the file, and what tells it."""
    first = next(iter(match.letters))
    first_kernel, own = tensors[match.kernel(first)].array, match.recurrent(first)
    if first_kernel.ndim != 2 or 0 in first_kernel.shape:
        return None
    # one kernel for [h, x] is longer than the hidden state
    hidden = len(tensors[own].array) if own and tensors[own].array.ndim else min(first_kernel.shape)
    if own:
        is_upright, told = upright(group, first_kernel, tensors[own].array, hidden, _column(match))
    else:
        is_upright, told = first_kernel.shape[0] == hidden, "shapes"
    found: dict[str, Array] = {}
    for gate in match.letters:
        kernel = _turned(tensors[match.kernel(gate)], is_upright)
        if own:
            found[f"{KERNEL}_{gate}"] = kernel
            found[f"{RECURRENT}_{gate}"] = _turned(tensors[match.recurrent(gate)], is_upright)
        elif kernel.ndim == 2:
            cut = hidden if match.template.hidden_first else kernel.shape[1] - hidden
            halves = kernel[:, :cut], kernel[:, cut:]
            past, now = halves if match.template.hidden_first else halves[::-1]
            found |= {f"{KERNEL}_{gate}": now, f"{RECURRENT}_{gate}": past}
    return (found, is_upright, told) if _fit(found, len(match.letters), hidden) else None


def _turned(tensor: Tensor, is_upright: bool) -> Array:
    return tensor.array if is_upright else tensor.array.T


def _column(match: Match) -> bool:
    """What the names alone say: d2l.ai multiplies rows, the others' formulas columns."""
    return match.template.kernel != "wx{}"


def _fit(kernels: Mapping[str, Array], gates: int, hidden: int) -> bool:
    inputs = {array.shape for name, array in kernels.items() if name.startswith(KERNEL)}
    past = {array.shape for name, array in kernels.items() if name.startswith(RECURRENT)}
    rows = {shape[:1] for shape in inputs} == {(hidden,)}
    return len(kernels) == 2 * gates and len(inputs) == 1 and rows and past == {(hidden, hidden)}


def _with_biases(
    match: Match, tensors: Mapping[str, Tensor], kernels: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, str], bool]:
    """The weights under all names that cells have for them, and whether n has two biases."""
    parts, used, two = dict(kernels), {}, False
    for gate in match.letters:
        used[tensors[match.kernel(gate)].name] = f"{KERNEL}_{gate}"
        if match.recurrent(gate):
            used[tensors[match.recurrent(gate)].name] = f"{RECURRENT}_{gate}"
        else:
            used[tensors[match.kernel(gate)].name] += f" and {RECURRENT}_{gate}"
        sides = {INPUT_BIAS: match.input_biases(gate), RECURRENT_BIAS: match.recurrent_biases(gate)}
        for side, names in sides.items():
            present = [tensors[name] for name in names if name in tensors]
            if present:
                parts[f"{side}_{gate}"] = _sum([tensor.array for tensor in present])
                used |= {tensor.name: f"{BIAS}_{gate}" for tensor in present}
        both = [parts[name] for side in sides if (name := f"{side}_{gate}") in parts]
        if both:
            parts[f"{BIAS}_{gate}"] = _sum(both)
        two = two or (gate == "n" and len(both) > 1)
    return parts, used, two


def _sum(arrays: Sequence[Array]) -> Array:
    return np.sum(arrays, axis=0, dtype=arrays[0].dtype)


def _cell(match: Match, after: bool) -> str:
    if len(match.letters) == LSTM:
        return "LSTM"
    return "GRU" if after else "GRUResetBefore"


def _notes(
    cell: str, match: Match, tensors: Mapping[str, Tensor], told: str, after: bool
) -> tuple[Note, ...]:
    gates = list(match.letters)
    names = ", ".join(tensors[match.kernel(gate)].name for gate in gates)
    notes = [Note(f"{cell}, from one tensor a gate: {names}; layout by their {told}", "--cell")]
    if not match.template.recurrent:
        order = "[h, x]" if match.template.hidden_first else "[x, h]"
        text = f"each kernel is for hidden state and input joined, in the order {order}"
        guessed = match.template.kernel == "w{}"
        first = tensors[match.kernel(gates[0])].name
        other = f"--rename {first}=W_xh_{match.letters[gates[0]]},… for [x, h]"
        notes.append(Note(text + (", as is most common" if guessed else ""), other, guessed))
    if len(match.letters) < LSTM:
        form = "after the recurrent product" if after else "before the recurrent product"
        why = "two candidate biases" if after else "one candidate bias, as in d2l.ai and the paper"
        other = "--cell GRUResetBefore" if after else "--cell GRU"
        if cell in ("GRU", "GRUResetBefore"):
            notes.append(Note(f"reset gate {form}: {why}", other, warning=True))
            notes.append(Note(_UPDATE, warning=True))
    return tuple(notes)

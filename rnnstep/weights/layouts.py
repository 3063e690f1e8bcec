"""Whether matrices are for column vectors, (output, input), or for rows, and what tells it."""

from __future__ import annotations

from collections.abc import Mapping

from rnnstep.equations import Array
from rnnstep.weights.conventions import KERAS, KERNEL, PYTORCH, RECURRENT, Convention
from rnnstep.weights.groups import Group
from rnnstep.weights.heads import head_kernel
from rnnstep.weights.plan import Tensor

_COLUMNS = {"wxh", "wax"}
"""Kernels of code that multiplies column vectors: Karpathy's min-char-rnn, deeplearning.ai."""


def upright(
    group: Group, kernel: Array, recurrent: Array, hidden: int, named: bool
) -> tuple[bool, str]:
    """Whether kernels are (output, input), and how that is known.

    The shapes decide where they can: a recurrent kernel of several gates is long in the
    direction in which they are stacked. Where it is square, the input kernel decides, then the
    output's, then biases written as columns or rows, and where there is none of these, the names.

    Args:
        group: the layer's tensors.
        kernel: what the input is multiplied with, shape (gates × hidden, input) or turned.
        recurrent: what the hidden state is, shape (gates × hidden, hidden) or turned.
        hidden: the hidden state's length.
        named: what the names alone would say.
    """
    if recurrent.ndim == kernel.ndim == 2:
        tall = recurrent.shape[0] - recurrent.shape[1]
        if not tall and kernel.shape[0] != kernel.shape[1]:
            tall = 1 if kernel.shape[0] == recurrent.shape[0] else -1
        head = head_kernel(group.tensors, hidden)
        if not tall and head is not None and head.array.shape[0] != head.array.shape[1]:
            tall = 1 if head.array.shape[1] == hidden else -1
        if tall:
            return tall > 0, "shapes"
    if group.upright is not None:
        kind = "(hidden, 1)" if group.upright else "(1, hidden)"
        return group.upright, f"biases, which are {kind}: the kernels are square"
    return named, "names alone: the kernels are square, and their transposes would fit"


def layout_of(group: Group, roles: Mapping[str, Tensor]) -> tuple[Convention, str]:
    """The framework whose layout a layer's stacked kernels have, and what tells it."""
    own = {KERNEL, RECURRENT} <= group.tensors.keys()
    named = own or any(
        "_ih" in leaf or "_hh" in leaf or leaf.lower() in _COLUMNS for leaf in group.tensors
    )
    recurrent = roles[RECURRENT].array
    hidden = min(recurrent.shape, default=0)
    is_upright, told = upright(group, roles[KERNEL].array, recurrent, hidden, named)
    return (PYTORCH if is_upright else KERAS), told

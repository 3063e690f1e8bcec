"""The dense layer that reads a recurrent one, where its tensors are named beside that one's."""

from __future__ import annotations

from collections.abc import Mapping

from rnnstep.notes import Note
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.spelling import HEAD, HEAD_BIAS

HEAD_NAME = "out"
"""The layer's name."""


def head_kernel(tensors: Mapping[str, Tensor], hidden: int) -> Tensor | None:
    """The matrix that makes an output of so many hidden units, by its name; either way round."""
    for leaf, tensor in tensors.items():
        if leaf.lower() in HEAD and tensor.array.ndim == 2 and hidden in tensor.array.shape:
            return tensor
    return None


def heads(tensors: Mapping[str, Tensor], hidden: int, upright: bool) -> list[Plan]:
    """The dense layer, if there is one.

    Args:
        tensors: those that the recurrent layer does not take.
        hidden: that layer's units.
        upright: whether its kernels are (output, input), for a kernel that is square.
    """
    kernel = head_kernel(tensors, hidden)
    if kernel is None:
        return []
    before, after = kernel.array.shape
    as_is = upright if before == after else after == hidden
    weights = {"W": kernel.array if as_is else kernel.array.T}
    used = {kernel.name: "W"}
    for leaf, tensor in tensors.items():
        if leaf.lower() in HEAD_BIAS and tensor.array.size == len(weights["W"]):
            weights["b"] = tensor.array.ravel()
            used[tensor.name] = "b"
            break
    shape = "(output, input)" if as_is else "(input, output)"
    note = Note(f"Dense, from {kernel.name} {shape}: reads the hidden state")
    return [Plan(HEAD_NAME, "Dense", weights, {}, used, (note,))]

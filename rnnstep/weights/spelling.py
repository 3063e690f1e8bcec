"""What tensors are called: the layer that a name belongs to, and the tensor's role in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rnnstep.weights.conventions import (
    BIAS,
    INPUT_BIAS,
    KERAS,
    KERNEL,
    PROJECTION,
    PYTORCH,
    RECURRENT,
    RECURRENT_BIAS,
    Convention,
)
from rnnstep.weights.plan import Tensor

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    KERNEL: ("weight_ih", "w_ih", "wih", "w_x", "wx", "w_xh", "wxh", "w_i", "kernel", "w"),
    RECURRENT: ("weight_hh", "w_hh", "whh", "w_h", "wh", "recurrent_kernel", "u", "r"),
    INPUT_BIAS: ("bias_ih", "b_ih", "bih", "bx", "b_x"),
    RECURRENT_BIAS: ("bias_hh", "b_hh", "bhh", "bh", "b_h"),
    BIAS: ("bias", "b"),
    PROJECTION: ("weight_hr", "w_hr", "whr"),
}
"""For each role the names that people give it, capitals and the like apart."""

ROLE_OF = {spelling: role for role, names in _SPELLINGS.items() for spelling in names}

_ENDINGS = [spelling for spelling in ROLE_OF if "_" in spelling or spelling in ("w", "b")]
_TORCH_STACK = re.compile(r"(?P<leaf>\w+?)_l(?P<depth>\d+)(?P<reverse>_reverse)?")
_JOINED = re.compile(
    rf"(?P<layer>.+)_(?P<leaf>{'|'.join(_ENDINGS)})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """Where a tensor belongs.

    Attributes:
        layer: the layer's name; empty if the tensor's name says none.
        leaf: the tensor's own name.
        depth: its layer in a stack, if the name says one.
        reverse: whether it is of the half that runs backwards.
    """

    layer: str
    leaf: str
    depth: int | None = None
    reverse: bool = False


def place_of(name: str) -> Place:
    """Where a tensor belongs, by its name: ``rnn.weight_ih_l1_reverse``, ``lstm/kernel:0``."""
    path, _, leaf = name.removesuffix(":0").replace(".", "/").rpartition("/")
    if stacked := _TORCH_STACK.fullmatch(leaf):
        return Place(path, stacked["leaf"], int(stacked["depth"]), bool(stacked["reverse"]))
    if not path and (joined := _JOINED.fullmatch(leaf)):
        return Place(joined["layer"], joined["leaf"])
    return Place(path, leaf)


def roles_of(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The tensors by role, and those that have none; a role taken twice is none."""
    roles: dict[str, Tensor] = {}
    left: dict[str, Tensor] = {}
    for leaf, tensor in tensors.items():
        role = ROLE_OF.get(leaf.lower())
        if role is None or role in roles:
            left[leaf] = tensor
        else:
            roles[role] = tensor
    return roles, left


def layout_of(leaves: Mapping[str, Tensor], roles: Mapping[str, Tensor]) -> tuple[Convention, str]:
    """The framework whose layout a layer's kernels have, and what tells it.

    The shapes decide where they can: a recurrent kernel of several gates is long in the
    direction in which they are stacked. Where it is square, the input kernel decides, and
    where that is square too, the names.
    """
    named = PYTORCH if any("_ih" in leaf or "_hh" in leaf for leaf in leaves) else KERAS
    recurrent, kernel = roles[RECURRENT].array, roles[KERNEL].array
    if recurrent.ndim == kernel.ndim == 2:
        tall = recurrent.shape[0] - recurrent.shape[1]
        if not tall and kernel.shape[0] != kernel.shape[1]:
            tall = 1 if kernel.shape[0] == recurrent.shape[0] else -1
        if tall:
            return (PYTORCH if tall > 0 else KERAS), "shapes"
    return named, "names alone: the kernels are square, and their transposes would fit"

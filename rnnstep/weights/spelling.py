"""What tensors are called: the layer that a name belongs to, and the tensor's role in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rnnstep.weights.conventions import (
    BIAS,
    INPUT_BIAS,
    KERNEL,
    PROJECTION,
    RECURRENT,
    RECURRENT_BIAS,
)
from rnnstep.weights.plan import Tensor

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    KERNEL: (
        *("weight_ih", "weights_ih", "w_ih", "wih", "w_x", "wx", "w_xh", "wxh", "w_i"),
        *("wax", "w_ax", "x2h", "i2h", "kernel", "w"),
    ),
    RECURRENT: (
        *("weight_hh", "weights_hh", "w_hh", "whh", "w_h", "wh"),
        *("waa", "w_aa", "h2h", "recurrent_kernel", "u", "r"),
    ),
    INPUT_BIAS: ("bias_ih", "b_ih", "bih", "bx", "b_x"),
    RECURRENT_BIAS: ("bias_hh", "b_hh", "bhh", "bh", "b_h"),
    BIAS: ("bias", "b", "ba", "b_a"),
    PROJECTION: ("weight_hr", "w_hr", "whr"),
}
"""For each role the names that people give it, capitals and the like apart."""

ROLE_OF = {spelling: role for role, names in _SPELLINGS.items() for spelling in names}

HEAD = ("why", "w_hy", "whq", "w_hq", "wya", "w_ya", "wy", "w_y", "who", "w_ho", "w_out", "v")
"""What people call the matrix that makes an output of the hidden state."""
HEAD_BIAS = ("by", "b_y", "bq", "b_q", "bo", "b_o", "b_out", "c")

_ENDINGS = [
    *(spelling for spelling in ROLE_OF if "_" in spelling or spelling in ("w", "b")),
    *("w_hy", "w_hq", "w_y", "b_y", "b_q"),
]
OF_LAYER = ".bias"
"""What the bias of a linear layer ends in, where such layers are one recurrent layer."""
_BIAS_BESIDE = {KERNEL: INPUT_BIAS, RECURRENT: RECURRENT_BIAS}
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
        role = role_of(leaf)
        if role is None or role in roles:
            left[leaf] = tensor
        else:
            roles[role] = tensor
    return roles, left


def role_of(leaf: str) -> str | None:
    """A tensor's role by its own name, if it has one; ``h2h.bias`` is a linear layer's bias."""
    stem = leaf.lower().removesuffix(OF_LAYER)
    role = ROLE_OF.get(stem)
    return role if stem == leaf.lower() else _BIAS_BESIDE.get(role or "")

"""What Keras calls weights in its lists: ``lstm/lstm_cell/kernel:0``, and ``lstm_1_W_i`` first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from rnnstep.weights.conventions import KERAS, KERAS1_GATES
from rnnstep.weights.plan import Tensor

_ROLES = (
    "kernel",
    "recurrent_kernel",
    "bias",
    "gamma",
    "beta",
    "moving_mean",
    "moving_variance",
    "embeddings",
)
_FIRST = {
    "W": "kernel",
    "U": "recurrent_kernel",
    "b": "bias",
    "gamma": "gamma",
    "beta": "beta",
    "running_mean": "moving_mean",
    # Keras 1 calls it so, and keeps the variance in it
    "running_std": "moving_variance",
}
_KERAS1 = re.compile(rf"(?:(?P<owner>.*)_)?(?P<leaf>{'|'.join(_FIRST)})(?:_(?P<gate>[ifcozrh]))?")

Joined = Mapping[str, Mapping[str, str]]
"""For each joined tensor by its name, the file's tensors in it and their gates."""


def role_of(name: str) -> str:
    """What a weight of this name is; empty if the name does not say it."""
    leaf = leaf_of(name)
    if leaf in _ROLES:
        return leaf
    first = _KERAS1.fullmatch(leaf.removesuffix("_*"))
    return _FIRST[first["leaf"]] if first else ""


def leaf_of(name: str) -> str:
    """The last part of a weight's name."""
    return re.sub(r":\d+$", "", name.rsplit("/", 1)[-1])


def owner_of(name: str) -> str:
    """What a weight's name says of its layer: ``forward_lstm_1`` of ``forward_lstm_1_W_i``."""
    path = name.rpartition("/")[0]
    first = _KERAS1.fullmatch(leaf_of(name).removesuffix("_*"))
    return f"{path}/{first['owner']}" if first and first["owner"] else path


def join_gates(tensors: Sequence[Tensor]) -> tuple[list[Tensor], dict[str, dict[str, str]]]:
    """Keras 1's kernels of single gates, side by side in the order of later versions.

    Returns:
        the tensors, the joined ones under names such as ``lstm_1_W_*``; and what is in those.
    """
    groups: dict[str, dict[str, Tensor]] = {}
    for tensor in tensors:
        first = _KERAS1.fullmatch(leaf_of(tensor.name))
        if first and first["gate"] and role_of(tensor.name):
            name = tensor.name[: tensor.name.rindex(f"_{first['gate']}")] + "_*"
            groups.setdefault(name, {})[KERAS1_GATES[first["gate"]]] = tensor
        else:
            groups.setdefault(tensor.name, {})[""] = tensor
    found: list[Tensor] = []
    joined: dict[str, dict[str, str]] = {}
    for name, parts in groups.items():
        order = KERAS.gates.get(len(parts), ())
        if len(parts) > 1 and set(order) == parts.keys():
            arrays = [parts[gate].array for gate in order]
            if all(a.ndim and a.shape == arrays[0].shape for a in arrays):
                found.append(Tensor(name, np.concatenate(arrays, axis=-1)))
                joined[name] = {parts[gate].name: gate for gate in order}
                continue
        found += parts.values()
    return found, joined


def apart(used: Mapping[str, str], joined: Joined) -> dict[str, str]:
    """What each of the file's tensors was read as, those that were joined one by one."""
    found: dict[str, str] = {}
    for name, role in used.items():
        parts = joined.get(name, {name: ""})
        for own, gate in parts.items():
            found[own] = f"{role.split(' of ')[0]} of {gate}" if gate else role
    return found

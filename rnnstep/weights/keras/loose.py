"""The weights of a Keras file by layer, where nothing describes the layers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.keras.named import owner_of, role_of
from rnnstep.weights.keras.signal import KerasLayer
from rnnstep.weights.keras.stores import CONTAINERS, Weights
from rnnstep.weights.plan import Tensor

Roles = dict[str, Tensor]

HALVES = ("forward", "backward")

CONVOLVED = (3, 4, 5)
"""The axes of a convolution's kernel."""


@dataclass(eq=False)
class Loose:
    """The weights of one layer, and of its halves if it has two."""

    roles: Roles = field(default_factory=dict)
    halves: dict[str, Loose] = field(default_factory=dict)

    def take(self, roles: Sequence[str]) -> Roles:
        """See :class:`Weights`."""
        return {role: self.roles[role] for role in roles if role in self.roles}

    def part(self, attribute: str, hint: str = "") -> Loose:
        """See :class:`Weights`."""
        return self.halves.get(hint, self) if attribute != "cell" else self

    def layers(self, layers: Sequence[KerasLayer], within: str = "") -> list[Weights]:  # noqa: ARG002
        """See :class:`Weights`."""
        return [self for _ in layers]


def listed(lists: Mapping[str, Sequence[Tensor]]) -> dict[str, Loose]:
    """By layer, and within one by what stands before the weights' own names."""
    found: dict[str, Loose] = {}
    for name, tensors in lists.items():
        owners: dict[str, Roles] = {}
        for tensor in tensors:
            owners.setdefault(owner_of(tensor.name), {})[role_of(tensor.name)] = tensor
        _place(found, [(name, owner, roles) for owner, roles in owners.items()])
    return found


def pathed(contents: Contents) -> dict[str, Loose]:
    """By the groups that Keras 3 makes, each weight by its number."""
    groups: dict[str, list[Tensor]] = {}
    for path, array in contents.tensors.items():
        owner, _, number = path.rpartition("/vars/")
        if owner and number.isdecimal():
            groups.setdefault(owner, []).append(Tensor(path, array))
    found: dict[str, Loose] = {}
    names: dict[str, str] = {}
    for owner, tensors in groups.items():
        base = re.sub(r"(/(forward_layer|backward_layer|layer|cell))+$", "", owner)
        said, last = contents.attribute(f"{base}/vars", "name"), base.rpartition("/")[2]
        name = names.setdefault(base, said or _short(base))
        if any(name == other for known, other in names.items() if known != base):
            name = names[base] = _short(base)
        tensors.sort(key=lambda tensor: int(tensor.name.rpartition("/")[2][:9]))
        # in a class of the user's own the path has its attribute, the name that of Keras' class
        roles = _roles(tensors, f"{last} {said}")
        _place(found, [(name, owner, roles)])
    return found


def _short(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in CONTAINERS) or path


def _place(found: dict[str, Loose], owners: list[tuple[str, str, Roles]]) -> None:
    """Put the groups of one layer together: its halves, or layers of their own."""
    for name, owner, roles in owners:
        last = owner.rpartition("/")[2]
        half = next((h for h in HALVES if re.search(rf"(^|/){h}_", owner)), "")
        if half:
            found.setdefault(name, Loose()).halves[half] = Loose(roles)
        else:
            found[name if len(owners) == 1 else f"{name}/{last}"] = Loose(roles)


def _roles(tensors: list[Tensor], kind: str) -> Roles:
    """What numbered weights are: by their shapes, and what their layer is called."""
    names: tuple[str, ...]
    axes = [tensor.array.ndim for tensor in tensors]
    if len(tensors) > 1 and axes[:2] == [2, 2]:
        names = ("kernel", "recurrent_kernel", "bias")
    elif axes == [2] and "embed" in kind.lower():
        names = ("embeddings",)
    elif axes in ([2], [2, 1]) or (axes and axes[0] in CONVOLVED and axes[1:] in ([], [1])):
        names = ("kernel", "bias")
    elif axes in ([1, 1], [1, 1, 1, 1]):
        names = ("gamma", "beta", "moving_mean", "moving_variance")
    else:
        return {}
    return dict(zip(names, tensors, strict=False))

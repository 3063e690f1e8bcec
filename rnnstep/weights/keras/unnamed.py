"""Weights without a description: the layers that the names and shapes in a Keras file tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.conventions import CELL_OF_GATES
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.graph import run_layer
from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.keras.named import owner_of, role_of
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import CONTAINERS, Weights
from rnnstep.weights.order import Bundle, fits, likely_order, sizes_of
from rnnstep.weights.plan import Plan, Tensor

Roles = dict[str, Tensor]

_HALVES = ("forward", "backward")
_OLD_DEFAULT = re.compile(r"(1\..*|2\.[0-2]\.\d+)?")
"""Versions whose gates were hard_sigmoid unless one said otherwise."""


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


def unnamed(
    build: Builder, contents: Contents, lists: Mapping[str, Sequence[Tensor]] | None
) -> list[Signal]:
    """Take the layers that the weights tell, in the file's order or the likeliest."""
    stores = _listed(lists) if lists is not None else _pathed(contents)
    bundles: list[Bundle] = []
    for name, store in stores.items():
        layer = _layer(build, name, store, lists is not None)
        start = len(build.plans)
        run_layer(build, layer, store, [Signal()])
        if len(build.plans) > start:
            bundles.append(build.plans[start:])
    if lists is None and len(bundles) > 1:
        bundles = likely_order(bundles)
        names = ", ".join(bundle[-1].name for bundle in bundles)
        build.notes.append(Note(f"order of the layers, which the file does not say: {names}"))
    build.plans = _chained(build, bundles)
    return [Signal(link=Link(build.plans[-1].name))] if build.plans else []


def _chained(build: Builder, bundles: Sequence[Bundle]) -> list[Plan]:
    """Each layer reading the one before; one that does not fit reads the sequence, if that does."""
    plans: list[Plan] = []
    first = gave = 0
    for bundle in bundles:
        takes, gives = sizes_of(bundle)
        before = plans[-1].name if plans else ""
        if plans and plans[-1].cell == "BidirectionalConcat" and gave == 2 * takes:
            plans[-1], gave = _added(plans[-1]), takes
        if not fits(gave, takes):
            before, again = "", fits(first, takes)
            told = "reads the sequence" if again else "is not run"
            text = f"{bundle[-1].name}: does not fit what is likely before it, and {told}"
            build.notes.append(Note(text, warning=True))
            if not again:
                continue
        plans += [replace(plan, reads=_after(plan.reads, before)) for plan in bundle]
        first, gave = first or takes, gives
    return plans


def _added(merge: Plan) -> Plan:
    """The other way to join two halves, where what follows takes too few numbers for the first."""
    told = "the halves are added, by what follows; Keras can also multiply or average them"
    return replace(merge, cell="BidirectionalSum", notes=(Note(told, warning=True),))


def _after(reads: tuple[Link, ...], before: str) -> tuple[Link, ...]:
    return tuple(link if link.layer else Link(before) for link in reads)


def _listed(lists: Mapping[str, Sequence[Tensor]]) -> dict[str, Loose]:
    """By layer, and within one by what stands before the weights' own names."""
    found: dict[str, Loose] = {}
    for name, tensors in lists.items():
        owners: dict[str, Roles] = {}
        for tensor in tensors:
            owners.setdefault(owner_of(tensor.name), {})[role_of(tensor.name)] = tensor
        _place(found, [(name, owner, roles) for owner, roles in owners.items()])
    return found


def _pathed(contents: Contents) -> dict[str, Loose]:
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
        last = base.rpartition("/")[2]
        name = names.setdefault(base, contents.attribute(f"{base}/vars", "name") or _short(base))
        if any(name == other for known, other in names.items() if known != base):
            name = names[base] = _short(base)
        tensors.sort(key=lambda tensor: int(tensor.name.rpartition("/")[2][:9]))
        roles = _roles(tensors, last)
        _place(found, [(name, owner, roles)])
    return found


def _short(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in CONTAINERS) or path


def _place(found: dict[str, Loose], owners: list[tuple[str, str, Roles]]) -> None:
    """Put the groups of one layer together: its halves, or layers of their own."""
    for name, owner, roles in owners:
        last = owner.rpartition("/")[2]
        half = next((h for h in _HALVES if re.search(rf"(^|/){h}_", owner)), "")
        if half:
            found.setdefault(name, Loose()).halves[half] = Loose(roles)
        else:
            found[name if len(owners) == 1 else f"{name}/{last}"] = Loose(roles)


def _roles(tensors: list[Tensor], kind: str) -> Roles:
    """What numbered weights are: by their shapes, and the class that their group is called."""
    names: tuple[str, ...]
    axes = [tensor.array.ndim for tensor in tensors]
    if len(tensors) > 1 and axes[:2] == [2, 2]:
        names = ("kernel", "recurrent_kernel", "bias")
    elif axes == [2] and kind.startswith("embedding"):
        names = ("embeddings",)
    elif axes in ([2], [2, 1]):
        names = ("kernel", "bias")
    elif axes in ([1, 1], [1, 1, 1, 1]):
        names = ("gamma", "beta", "moving_mean", "moving_variance")
    else:
        return {}
    return dict(zip(names, tensors, strict=False))


def _layer(build: Builder, name: str, store: Loose, old: bool) -> KerasLayer:
    """The layer that has these weights, with the settings that they do not tell left out."""
    if store.halves.keys() >= set(_HALVES):
        half = {"class_name": _kind(store.halves["forward"].roles), "config": _settings(build, old)}
        return KerasLayer("Bidirectional", name, {"layer": half}, name)
    roles = store.roles or next((half.roles for half in store.halves.values()), {})
    store.roles = roles
    kind = _kind(roles)
    config = _settings(build, old) if "recurrent_kernel" in roles else _parts(roles)
    return KerasLayer(kind or "unknown", name, config, name)


def _settings(build: Builder, old: bool) -> dict[str, object]:
    said: dict[str, object] = {"return_sequences": True}
    if _OLD_DEFAULT.fullmatch(build.version) and old:
        said["recurrent_activation"] = "hard_sigmoid"
        told = f"recurrent_activation hard_sigmoid: the default of Keras {build.version or '1'}"
        build.notes.append(Note(f"{told}, not said by the file", "--recurrent-activation"))
    return said


def _parts(roles: Roles) -> dict[str, object]:
    return {"scale": "gamma" in roles, "center": "beta" in roles}


def _kind(roles: Roles) -> str:
    if "recurrent_kernel" in roles:
        shape = roles["recurrent_kernel"].array.shape
        gates = shape[1] // shape[0] if len(shape) == 2 and shape[0] else 0
        return CELL_OF_GATES.get(gates, "")
    if "embeddings" in roles:
        return "Embedding"
    if "gamma" in roles or "beta" in roles:
        return "BatchNormalization" if "moving_variance" in roles else "LayerNormalization"
    flat = "kernel" in roles and roles["kernel"].array.ndim == 2
    return "Dense" if flat else ""

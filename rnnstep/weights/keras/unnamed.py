"""Weights without a description: the layers that the names and shapes in a Keras file tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rnnstep.cells import load_cell
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.conventions import CELL_OF_GATES
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.graph import run_layer
from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.keras.loose import CONVOLVED, HALVES, Loose, Roles, listed, pathed
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.order import Bundle, fits, likely_order, sizes_of
from rnnstep.weights.plan import Plan, Tensor

_OLD_DEFAULT = re.compile(r"(1\..*|2\.[0-2]\.\d+)?")
"""Versions whose gates were hard_sigmoid unless one said otherwise."""


def unnamed(
    build: Builder, contents: Contents, lists: Mapping[str, Sequence[Tensor]] | None
) -> list[Signal]:
    """Take the layers that the weights tell, in the file's order or the likeliest."""
    stores = listed(lists) if lists is not None else pathed(contents)
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
    _tell_between(build)
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
        plans += [plan.replaced(reads=_after(plan.reads, before)) for plan in bundle]
        first, gave = first or takes, gives
    return plans


def _tell_between(build: Builder) -> None:
    """Warn of a dense layer between recurrent ones: more often it is the head of another branch."""
    places = [i for i, plan in enumerate(build.plans) if load_cell(plan.cell).recurrent]
    inner = build.plans[places[0] : places[-1]] if places else []
    for plan in inner:
        if plan.cell == "Dense":
            told = f"{plan.name}: Dense before a recurrent layer, for only so do the sizes fit"
            build.notes.append(Note(f"{told}; it may be the head of another", warning=True))


def _added(merge: Plan) -> Plan:
    """The other way to join two halves, where what follows takes too few numbers for the first."""
    told = "the halves are added, by what follows; Keras can also multiply or average them"
    return merge.replaced(cell="BidirectionalSum", notes=(Note(told, warning=True),))


def _after(reads: tuple[Link, ...], before: str) -> tuple[Link, ...]:
    return tuple(link if link.layer else Link(before) for link in reads)


def _layer(build: Builder, name: str, store: Loose, old: bool) -> KerasLayer:
    """The layer that has these weights, with the settings that they do not tell left out."""
    if store.halves.keys() >= set(HALVES):
        inner = store.halves["forward"].roles
        half = {"class_name": _kind(inner), "config": _settings(build, inner, old)}
        return KerasLayer("Bidirectional", name, {"layer": half}, name)
    roles = store.roles or next((half.roles for half in store.halves.values()), {})
    store.roles = roles
    kind = _kind(roles)
    config = _settings(build, roles, old) if "recurrent_kernel" in roles else _parts(roles)
    return KerasLayer(kind or "unknown", name, config, name)


def _settings(build: Builder, roles: Roles, old: bool) -> dict[str, object]:
    said: dict[str, object] = {"return_sequences": True}
    if _is_cudnn(roles):
        return said
    if _OLD_DEFAULT.fullmatch(build.version) and old:
        said["recurrent_activation"] = "hard_sigmoid"
        told = f"recurrent_activation hard_sigmoid: the default of Keras {build.version or '1'}"
        build.notes.append(Note(f"{told}, not said by the file", "--recurrent-activation"))
    return said


def _parts(roles: Roles) -> dict[str, object]:
    return {"scale": "gamma" in roles, "center": "beta" in roles}


def _is_cudnn(roles: Roles) -> bool:
    """Two biases in one row: cuDNN's layers, whose functions are fixed."""
    bias, kernel = roles.get("bias"), roles.get("recurrent_kernel")
    if bias is None or kernel is None or kernel.array.ndim != 2:
        return False
    return bias.array.shape == (2 * kernel.array.shape[1],)


def _kind(roles: Roles) -> str:
    if "recurrent_kernel" in roles:
        shape = roles["recurrent_kernel"].array.shape
        gates = shape[1] // shape[0] if len(shape) == 2 and shape[0] else 0
        kind = CELL_OF_GATES.get(gates, "")
        return f"CuDNN{kind}" if _is_cudnn(roles) and gates > 1 else kind
    if "embeddings" in roles:
        return "Embedding"
    if "gamma" in roles or "beta" in roles:
        return "BatchNormalization" if "moving_variance" in roles else "LayerNormalization"
    axes = roles["kernel"].array.ndim if "kernel" in roles else 0
    return "Dense" if axes == 2 else "convolution" if axes in CONVOLVED else ""

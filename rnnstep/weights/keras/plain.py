"""Keras' layers without memory: dense, embedding, masking, normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnnstep.cells.parts import MASK
from rnnstep.errors import InputError
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.functions import NotRun, activation, check_floats, chosen
from rnnstep.weights.keras.parts import Config, Shape, flag, items, number, whole
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan, Tensor

Taken = dict[str, Tensor]


def dense(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """A dense layer, of each timestep if there are any."""
    options, changes = function_of(build, layer.config, "activation")
    taken = _taken(build, layer, weights, ("kernel", "bias"), ("kernel",))
    kernel = taken["kernel"].array
    if kernel.ndim != 2:
        raise InputError(f"{_where(build, layer)}: its kernel has shape {kernel.shape}, not 2 axes")
    arrays = {"W": kernel.T} | ({"b": taken["bias"].array} if "bias" in taken else {})
    used = {t.name: "W" if role == "kernel" else "b" for role, t in taken.items()}
    plan = Plan(layer.place, "Dense", arrays, options, used, changes=changes)
    return [through(build, plan, inputs[0], kernel.shape[1])]


def embedding(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """A table of vectors; row 0 may be padding."""
    # Keras 1 calls it W
    taken = weights.take(("embeddings",)) or weights.take(("kernel",))
    if not taken:
        raise InputError(f"{_where(build, layer)}: its embeddings cannot be found in the file")
    check_floats(taken.values())
    ((_, table),) = taken.items()
    plan = Plan(layer.place, "Embedding", {"E": table.array}, {}, {table.name: "E"})
    signal, units = inputs[0], whole(table.array.shape[-1]) if table.array.ndim else None
    given = _shape_after(signal, units, added=True)
    link = build.add(plan.replaced(reads=(signal.link,)), signal, given)
    mask = None
    if flag(layer.config, "mask_zero"):
        mask = _mask(build, f"{link.layer}/mask", signal, 0.0, table.array.dtype)
    return [replace(signal, link=link, shape=given, mask=mask, stands_in=False)]


def masking(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Marks the timesteps of one value as padding, and gives zeros there."""
    del weights
    signal = inputs[0]
    mask = _mask(build, layer.place, signal, number(layer.config, "mask_value", 0.0), build.dtype)
    link = Link(mask.layer)
    return [replace(signal, link=link, mask=mask, masked_in_order=True, stands_in=False)]


def _mask(build: Builder, name: str, signal: Signal, value: float, dtype: Any) -> Link:
    weights = {"mask_value": np.array(value, dtype)}
    plan = Plan(name, "Masking", weights, reads=(signal.link,))
    return Link(build.add(plan, signal, signal.shape).layer, MASK)


def norm(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Layer or batch normalisation of each timestep's features."""
    batch = layer.kind == "BatchNormalization"
    check_axis(layer.config, inputs[0].shape, -1)
    if flag(layer.config, "rms_scaling"):
        raise NotRun("rms_scaling")
    parts = {"gamma": "scale", "beta": "center"}
    roles = [role for role, said in parts.items() if flag(layer.config, said, True)]
    measured = ("moving_mean", "moving_variance") if batch else ()
    taken = _taken(build, layer, weights, (*roles, *measured), measured)
    names = {"moving_mean": "mean_of", "moving_variance": "variance"}
    arrays = {names.get(role, role): tensor.array for role, tensor in taken.items()}
    epsilon = number(layer.config, "epsilon", 1e-3)
    dtype = next((a.dtype for a in arrays.values() if a.dtype.kind == "f"), build.dtype)
    arrays["epsilon"] = np.array(epsilon, dtype)
    used = {tensor.name: names.get(role, role) for role, tensor in taken.items()}
    said = "epsilon" in layer.config
    notes = (
        () if said else (Note(f"epsilon {epsilon:g}, Keras' default: the file does not say it"),)
    )
    plan = Plan(layer.place, "BatchNorm" if batch else "LayerNorm", arrays, {}, used, notes)
    return [through(build, plan, inputs[0], features_of(inputs[0]))]


def function_of(
    build: Builder, config: Config, option: str
) -> tuple[dict[str, str], tuple[Any, ...]]:
    """A cell's option as the config sets it; nothing where the config does not say it."""
    return chosen(option, activation(config[option], build.major)) if option in config else ({}, ())


def _taken(
    build: Builder,
    layer: KerasLayer,
    weights: Weights,
    roles: Sequence[str],
    needed: Sequence[str],
) -> Taken:
    taken = weights.take(roles)
    missing = [role for role in needed if role not in taken]
    if missing:
        told = " and ".join(missing)
        raise InputError(f"{_where(build, layer)}: its {told} cannot be found in the file")
    check_floats(taken.values())
    return taken


def through(build: Builder, plan: Plan, signal: Signal, units: int | None) -> Signal:
    """Add a layer that reads the signal; what it gives, timestep for timestep."""
    shape = _shape_after(signal, units)
    link = build.add(plan.replaced(reads=(signal.link,)), signal, shape)
    return replace(signal, link=link, shape=shape, stands_in=False)


def _shape_after(signal: Signal, units: int | None, added: bool = False) -> Shape | None:
    if signal.shape is None:
        return None
    return (*(signal.shape if added else signal.shape[:-1]), units)


def features_of(signal: Signal) -> int | None:
    """How many features a signal has, where Keras states it."""
    return signal.shape[-1] if signal.shape else None


def check_axis(config: Config, shape: Shape | None, default: int) -> None:
    """Only the last axis is of features; another mixes timesteps."""
    axis: Any = config.get("axis", default)
    axis = axis if not isinstance(axis, list) else next(iter(items(axis)), default)
    last = len(shape) - 1 if shape else 2
    if axis not in (-1, last) or (isinstance(config.get("axis"), list) and len(config["axis"]) > 1):
        raise NotRun("not along the features")


def _where(build: Builder, layer: KerasLayer) -> str:
    return f"{build.path}: layer '{layer.place}'"

"""Keras' layers that scale each feature by fixed numbers: Rescaling and Normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.functions import NotRun, check_floats
from rnnstep.weights.keras.parts import flag, mapping
from rnnstep.weights.keras.plain import check_axis, features_of, through
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan, Tensor

_MEASURED = ("mean", "variance", "count")
_EPSILON = 1e-7
"""Of ``keras.config.epsilon()``: no feature is divided by less."""


def rescaling(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """The features times ``scale`` plus ``offset``."""
    del weights
    scale = _row(layer.config.get("scale", 1.0), inputs[0])
    shift = _row(layer.config.get("offset", 0.0), inputs[0])
    return _scaled(build, layer, inputs[0], scale, shift, {})


def normalization(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """The features less their mean over their deviation, or the inverse of that."""
    signal = inputs[0]
    check_axis(layer.config, signal.shape, -1)
    taken = weights.take(_MEASURED)
    used: dict[str, str] = {}
    if layer.config.get("mean") is not None:
        mean, variance = (_row(layer.config.get(key), signal) for key in _MEASURED[:2])
    elif {"mean", "variance"} <= taken.keys():
        check_floats((taken["mean"], taken["variance"]))
        mean, variance = (_row_of(taken[key], signal) for key in _MEASURED[:2])
        parts = {"mean": "scale and shift", "variance": "scale and shift"}
        used = {t.name: parts.get(key, "counts the samples measured") for key, t in taken.items()}
    else:
        raise NotRun("its mean and variance are not in the file")
    with np.errstate(all="ignore"):
        deviation = np.maximum(np.sqrt(variance), _EPSILON)
        inverse = flag(layer.config, "invert")
        scale = deviation if inverse else 1 / deviation
        shift = mean if inverse else -mean / deviation
    return _scaled(build, layer, signal, scale, shift, used)


def _scaled(
    build: Builder,
    layer: KerasLayer,
    signal: Signal,
    scale: Array,
    shift: Array,
    used: dict[str, str],
) -> list[Signal]:
    arrays = {"scale": scale.astype(build.dtype), "shift": shift.astype(build.dtype)}
    plan = Plan(layer.place, "Scale", arrays, {}, used)
    return [through(build, plan, signal, features_of(signal))]


def _row_of(tensor: Tensor, signal: Signal) -> Array:
    return _broadcast(tensor.array.astype(np.float64).ravel(), signal)


def _row(value: Any, signal: Signal) -> Array:
    """One number a feature, from a number or a list of them as a config has it."""
    config = mapping(value)
    said = mapping(config.get("config")).get("value") if config else value
    try:
        return _broadcast(np.array(said, np.float64).ravel(), signal)
    except (ValueError, TypeError, OverflowError):
        raise NotRun("its numbers cannot be read") from None


def _broadcast(row: Array, signal: Signal) -> Array:
    width = features_of(signal) or row.size
    if row.size not in (1, width) or not 0 < width < 2**24:
        raise NotRun(f"it has {row.size} numbers for {width} features")
    return np.broadcast_to(row, (width,))

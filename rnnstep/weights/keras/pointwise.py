"""Keras' layers without weights: functions, those that only training needs, and reshapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.parts import number, whole
from rnnstep.weights.keras.plain import check_axis, features_of, function_of, through
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan


def function(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """A function of each timestep: Activation, Softmax, ReLU, ELU."""
    del weights
    config = layer.config
    if layer.kind == "Activation":
        said: Any = config.get("activation")
    else:
        said = _own_function(layer)
    options, changes = function_of(build, {"activation": said}, "activation")
    plan = Plan(layer.place, "Activation", {}, options, {}, changes=changes)
    return [through(build, plan, inputs[0], features_of(inputs[0]))]


def _own_function(layer: KerasLayer) -> str:
    config = layer.config
    if layer.kind == "Softmax":
        check_axis(config, None, -1)
        return "softmax"
    if layer.kind == "ELU" and number(config, "alpha", 1.0) == 1.0:
        return "elu"
    zeros = ("negative_slope", "threshold")
    if layer.kind == "ReLU" and not any(number(config, key, 0.0) for key in zeros):
        if config.get("max_value") is None:
            return "relu"
        if number(config, "max_value", 0.0) == 6.0:
            return "relu6"
    raise NotRun("with settings that rnnstep lacks")


def skipped(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """A layer that does nothing at inference, such as Dropout."""
    del build, layer, weights
    return [inputs[0]]


def flatten(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Nothing to do if there is one axis of features, else timesteps would become features."""
    del build, layer, weights
    if inputs[0].sequence:
        raise NotRun("joins timesteps")
    return [inputs[0]]


def repeat(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """What a layer ends with, at every timestep: the way from an encoder to its decoder."""
    del weights
    signal, count = inputs[0], whole(layer.config.get("n"))
    if signal.sequence or not signal.link.layer:
        raise NotRun("repeats what is no layer's end")
    told = f"{layer.place}: RepeatVector gives the next layer {count} timesteps: t = 0 to n - 1"
    build.notes.append(Note(f"{told}; here it has as many as the sequence", warning=True))
    shape = None if signal.shape is None else (signal.shape[0], count, *signal.shape[1:])
    link = signal.link.replaced(final=True)
    return [replace(signal, link=link, sequence=True, shape=shape, mask=None)]

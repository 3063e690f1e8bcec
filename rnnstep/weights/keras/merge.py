"""Keras' layers that join two tensors or more: by the cells that join two directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.parts import Shape
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan

MERGERS = {"Concatenate": "Concat", "Add": "Sum", "Multiply": "Mul", "Average": "Ave"}


def merge(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Join the tensors pair by pair, each timestep for itself."""
    del weights
    first, how = inputs[0], MERGERS[layer.kind]
    last = len(first.shape) - 1 if first.shape else -1
    if len(inputs) < 2 or (how == "Concat" and layer.config.get("axis", -1) not in (-1, last)):
        raise NotRun("not along the features")
    if how == "Ave" and len(inputs) > 2:
        raise NotRun("of more than two")
    if any((s.flipped, s.sequence) != (first.flipped, first.sequence) for s in inputs):
        raise NotRun("of sequences in different orders of time")
    name, link, shape = build.unique(layer.place), first.link, first.shape
    note = Note(f"{layer.kind} of {', '.join(s.link.layer or 'the sequence' for s in inputs)}")
    for number, other in enumerate(inputs[1:], 1):
        final = number == len(inputs) - 1
        shape = _shape(how, shape, other.shape)
        plan = Plan(
            name if final else f"{name}/{number}",
            f"Bidirectional{how}",
            reads=(link, other.link),
            notes=(note,) if final else (),
        )
        link = build.add(plan, replace(first, shape=None))
    if first.shape and shape:
        build.shapes[link.layer] = f"{len(inputs)} inputs → ({', '.join(map(str, shape))})"
    recurrent = any(signal.recurrent for signal in inputs)
    mask = _mask(inputs, build, layer)
    return [replace(first, link=link, shape=shape, mask=mask, recurrent=recurrent, stands_in=False)]


def _mask(inputs: Sequence[Signal], build: Builder, layer: KerasLayer) -> Link | None:
    """The mask of them all: Keras takes a timestep for padding where one of them says so."""
    masks = {signal.mask for signal in inputs if signal.mask is not None}
    if len(masks) > 1:
        told = f"{layer.place}: its inputs have different masks: none is handed on"
        build.notes.append(Note(told, warning=True))
        return None
    return next(iter(masks), None)


def _shape(how: str, one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None or len(one) != len(other):
        return None
    if how != "Concat":
        return one
    units = None if one[-1] is None or other[-1] is None else one[-1] + other[-1]
    return (*one[:-1], units)

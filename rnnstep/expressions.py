"""Expressions over a run: what watches, breakpoints and assertions ask of its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnstep.equations import Array, Node, compile_node, infer, parse
from rnnstep.equations.nodes import Name, walk
from rnnstep.errors import ExpressionError, UnknownNameError
from rnnstep.model import Model
from rnnstep.trace import INITIAL, Trace

TIMESTEP = "t"
"""The name of the timestep itself, from 0, in an expression."""

_CACHED = 2**17
"""Bytes of a value that are looked at together, a part of any processor's second cache."""


@dataclass(frozen=True, eq=False)
class Expression:
    """An expression of the equation language over the values and weights of a model.

    A name is a value or a weight of any layer: ``lstm_1/f_t[2]``; a bare one is of the layer in
    focus, else of the only layer that has it. ``t`` is the timestep.

    Attributes:
        text: as it was written.
        node: what it was parsed to.
        shape: of its value at one timestep; ``()`` is a number.
        places: for each name in it but ``t``, the layer and the name there.
    """

    text: str
    node: Node
    shape: tuple[int, ...]
    places: Mapping[str, tuple[int, str]]
    _compute: Callable[[Mapping[str, Array]], Any] = field(repr=False)

    @classmethod
    def parse(cls, text: str, model: Model) -> Expression:
        """Parse an expression, and check it against a model.

        Raises:
            ExpressionError: what is wrong with it, with the column.
        """
        return cls.of(parse(text, _known(model)), text, model)

    @classmethod
    def of(cls, node: Node, text: str, model: Model) -> Expression:
        """The expression that a node is, which was parsed from ``text`` or a part of it.

        Raises:
            ExpressionError: a name is of several layers, or axes do not fit.
        """
        names = [part for part in walk(node) if isinstance(part, Name)]
        places = {n.name: _place(n, model, text) for n in names if not _is_timestep(n.name, model)}
        shapes = {name: model.layers[layer].shape(own) for name, (layer, own) in places.items()}
        shapes[TIMESTEP] = ()
        timed = {n for n, (layer, own) in places.items() if own in model.layers[layer].cell.values}
        shape = infer(node, shapes, text=text)
        compute = compile_node(node, shapes, timed | {TIMESTEP})
        return cls(text.strip(), node, tuple(int(axis) for axis in shape), places, compute)

    def over(self, trace: Trace, start: int, stop: int) -> Array:
        """Its value at timesteps ``start`` to before ``stop``: (timesteps, …)."""
        parts = [self._over(trace, *part) for part in trace.stretches(start, stop)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _over(self, trace: Trace, start: int, stop: int, model: Model) -> Array:
        """Its value over timesteps of the same layers."""
        weights: dict[str, Array] = {}
        values: dict[str, Array] = {TIMESTEP: np.arange(start, stop, dtype=np.float64)}
        for name, (layer, own) in self.places.items():
            if own in model.layers[layer].weights:
                weights[name] = model.layers[layer].weights[own]
            else:
                values[name] = trace.glance(layer, own, start, stop)
        length = stop - start
        # what is made on the way to the result stays in the processor's caches
        step = max(_CACHED * length // max(array.nbytes for array in values.values()), 1)
        found: Array | None = None
        for begin in range(0, length, step):
            some = {name: array[begin : begin + step] for name, array in values.items()}
            with np.errstate(all="ignore"):
                part = np.asarray(self._compute(weights | some))
            if found is None:
                found = np.empty((length, *self.shape), part.dtype)
            found[begin : begin + step] = part
        assert found is not None
        return found

    def at(self, trace: Trace, t: int) -> Array | None:
        """Its value at one timestep; ``None`` if it has none, as before the first."""
        if INITIAL < t < len(trace):
            return np.asarray(self.over(trace, t, t + 1)[0])
        return None

    @property
    def first(self) -> tuple[int, str] | None:
        """The layer and name of the first value or weight in it, if there is one."""
        return next(iter(self.places.values()), None)


def _known(model: Model) -> set[str]:
    """Every name that an expression may use, of one layer or of several."""
    names = {TIMESTEP}
    for index, layer in enumerate(model.layers):
        for own in (*layer.cell.values, *layer.weights):
            names |= {own, model.qualified(index, own)}
    return names


def _is_timestep(name: str, model: Model) -> bool:
    return name == TIMESTEP and not any(name in layer.cell.shapes for layer in model.layers)


def _place(name: Name, model: Model, text: str) -> tuple[int, str]:
    try:
        return model.resolve(name.name)
    except UnknownNameError as error:
        having = [
            (index, own)
            for index, layer in enumerate(model.layers)
            for own in layer.weights
            if name.name in (own, model.qualified(index, own))
        ]
        focused = [place for place in having if place[0] == model.focus]
        if len(having) == 1 or focused:
            return (focused or having)[0]
        message = str(error)
        if having:
            choices = ", ".join(model.qualified(index, own) for index, own in having)
            message = f"several layers have a weight '{name.name}': {choices}"
        raise ExpressionError(message, text, name.column) from None

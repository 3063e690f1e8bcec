"""Conditions that many look for, ready made for the layer in focus."""

from __future__ import annotations

from collections.abc import Callable

from rnnstep.equations.nodes import Call
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.record import Record

ARISES = "NaN or infinity arises"
"""The text of a condition that is no expression."""


class Preset(Record):
    """A condition by a name.

    Attributes:
        name: as it is typed.
        summary: when it stops, one line.
        text: writes the condition for a layer, whose values go by ``prefix``.
    """

    name: str
    summary: str
    text: Callable[[Layer, str], str]


def _bounded(layer: Layer) -> list[tuple[str, str]]:
    """The values that are sigmoids or tanhs, with the function."""
    calls = [(e.name, e.node) for e in layer.cell.equations]
    return [
        (name, node.function)
        for name, node in calls
        if isinstance(node, Call) and node.function in ("sigmoid", "tanh")
    ]


def _state(layer: Layer) -> tuple[str, str]:
    """The first state before and after the step."""
    carried = layer.cell.carried
    if not carried:
        raise InputError(f"layer {layer.name} carries no state")
    return next(iter(carried.items()))


def _saturation(layer: Layer, prefix: str) -> str:
    bounded = _bounded(layer)
    if not bounded:
        raise InputError(f"layer {layer.name} has no sigmoid or tanh that could saturate")
    parts = []
    for name, function in bounded:
        size = f"abs({prefix}{name})"
        size = size if function == "tanh" else f"abs(2 * {prefix}{name} - 1)"
        parts.append(f"mean({size} > 0.98) > 0.5")
    return f"{' or '.join(parts)} becomes true"


def _dead(layer: Layer, prefix: str) -> str:
    before, after = _state(layer)
    return f"any(abs({prefix}{after} - {prefix}{before}) <= 1e-6) becomes true"


def _closed(layer: Layer, prefix: str) -> str:
    gates = [name for name, function in _bounded(layer) if function == "sigmoid"]
    if not gates:
        raise InputError(f"layer {layer.name} has no gates")
    return f"{' or '.join(f'min({prefix}{name}) < 0.01' for name in gates)} becomes true"


def _jump(layer: Layer, prefix: str) -> str:
    before, after = _state(layer)
    return f"norm({prefix}{after} - {prefix}{before}) is largest"


PRESETS = (
    Preset("nan", "NaN or infinity arises", lambda *_: ARISES),
    Preset("saturation", "most of a gate or activation saturates", _saturation),
    Preset("dead", "a unit of the state stands still", _dead),
    Preset("closed", "a gate closes for some unit", _closed),
    Preset("jump", "the state makes its largest jump", _jump),
)

"""Conditions that many look for, ready made for the layer in focus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from rnnstep.breaks.arising import ARISES, Arising
from rnnstep.breaks.conditions import Condition, parse_expression
from rnnstep.equations.nodes import Call
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model


class Preset(NamedTuple):
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


def preset_of(condition: Condition, model: Model) -> Preset | None:
    """The preset that a condition is, of whichever layer; ``None`` if it is none."""
    return next((known for known in PRESETS if condition.text in _texts(known, model)), None)


def _texts(preset: Preset, model: Model) -> Iterator[str]:
    for place, layer in enumerate(model.layers):
        with suppress(InputError):
            yield preset.text(layer, model.qualified(place, ""))


def parse_condition(text: str, model: Model, layer: int | None = None) -> Condition:
    """The condition that a text is: an expression, perhaps with a rule, or a preset's name.

    Args:
        text: such as ``abs(h_t[3]) > 0.9``, ``h_t[7] changes sign`` or ``nan``.
        model: whose values it is about.
        layer: the layer that a preset is about; the one in focus if ``None``.

    Raises:
        ExpressionError: it is no expression of this model, or its rule does not fit.
        InputError: the layer lacks what the preset is about.
    """
    preset = next((known for known in PRESETS if known.name == text.strip()), None)
    if preset is not None:
        place = model.focus if layer is None else layer
        text = preset.text(model.layers[place], model.qualified(place, ""))
    return Arising() if text.strip() == ARISES else parse_expression(text, model)

"""From a text to the condition that it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from rnnstep.breaks.arising import Arising
from rnnstep.breaks.conditions import Condition, parse_expression
from rnnstep.breaks.presets import ARISES, PRESETS, Preset
from rnnstep.errors import InputError
from rnnstep.model import Model


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

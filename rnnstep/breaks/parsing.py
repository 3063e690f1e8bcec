"""From a text to the condition that it is."""

from __future__ import annotations

from rnnstep.breaks.arising import Arising
from rnnstep.breaks.conditions import Condition, parse_expression
from rnnstep.breaks.presets import ARISES, PRESETS
from rnnstep.model import Model


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

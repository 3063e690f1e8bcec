"""A layer that runs against time beside the same layer forwards, over the turned sequence."""

from __future__ import annotations

from rnnstep.equations import Array
from rnnstep.selftest.alone import alone, initial, recorded
from rnnstep.selftest.outcome import Outcome, Place, Whole


def turned(whole: Whole) -> Outcome:
    """Run each layer with states the other way round, over what it reads turned round.

    So the two halves of a bidirectional layer are looked at as well: each is turned alone.
    """
    found: dict[Place, Array] = {}
    for index, layer in enumerate(whole.trace.model.layers):
        if layer.cell.recurrent:
            inputs = {name: array[::-1] for name, array in recorded(whole, index).items()}
            other = layer.replaced(reverse=not layer.reverse)
            made = alone(other, inputs, initial(whole, index))
            found |= {(index, name): array[::-1] for name, array in made.items()}
    if not found:
        return Outcome("turned", "no layer carries a state")
    return whole.outcome("turned", "each layer the other way, over the turned input", found)

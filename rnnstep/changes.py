"""What a fork changes: the sequence or a state at a timestep, or a layer over a stretch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.record import Record


class InputChange(Record):
    """Other inputs from ``start`` to before ``stop``.

    Attributes:
        start: the first timestep.
        stop: the one behind the last.
        edit: makes them of what they were, (timesteps, features) each.
        text: what was typed for it, if it was.
    """

    start: int
    stop: int
    edit: Callable[[Array], Array]
    text: str = ""


class StateChange(Record):
    """Another state carried into a timestep.

    Attributes:
        start: the timestep.
        layer: whose state, from 0.
        name: as the layer calls it: ``h_prev``.
        edit: makes it of what was carried into it.
        text: what was typed for it, if it was.
    """

    start: int
    layer: int
    name: str
    edit: Callable[[Array], Array]
    text: str = ""


class LayerChange(Record):
    """Other equations or weights from ``start`` to before ``stop``.

    Attributes:
        start: the first timestep.
        stop: the one behind the last.
        layer: which layer, from 0.
        edit: makes the layer of what it was; its values keep their names and shapes.
    """

    start: int
    stop: int
    layer: int
    edit: Callable[[Layer], Layer]

    def whole(self, length: int) -> bool:
        """Whether it is of all timesteps of a run."""
        return self.start <= 0 and self.stop >= length


Change = InputChange | StateChange | LayerChange


class Models:
    """A model as changes make it, each combination of them made once.

    A layer is compiled once for each object that it is: two stretches of a run between which it
    was changed and changed back are run by the same one.
    """

    def __init__(self, model: Model) -> None:
        self._made: dict[tuple[LayerChange, ...], Model] = {(): model}

    def of(self, changes: Sequence[LayerChange]) -> Model:
        """The model with some changes, made in their order."""
        key = tuple(changes)
        if key in self._made:
            return self._made[key]
        known = next(end for end in range(len(key) - 1, -1, -1) if key[:end] in self._made)
        for end in range(known, len(key)):
            self._made[key[: end + 1]] = _changed(self._made[key[:end]], key[end])
        return self._made[key]


def _changed(model: Model, change: LayerChange) -> Model:
    layers = list(model.layers)
    layers[change.layer] = change.edit(layers[change.layer])
    return model.replaced(layers=tuple(layers))


def in_one_pass(model: Model) -> bool:
    """Whether all layers run through time together, forward."""
    first, *others = model.makings
    return not (first.reverse or others)


def refuse_stretch(model: Model) -> InputError:
    """The error for a change over a part of the run, where layers do not run together."""
    turned = next((layer.name for layer in model.layers if layer.reverse), "")
    why = f"layer '{turned}' runs backwards" if turned else "a layer reads what another ends with"
    return InputError(f"{why}: lines and weights of this model change for the whole run, 'always'")

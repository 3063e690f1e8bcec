"""Edits that a word alone stands for: a unit silenced, the input held."""

from __future__ import annotations

from rnnstep.errors import InputError
from rnnstep.finding.named import units_called
from rnnstep.forks.edit import Edit, Operation, Reach
from rnnstep.labels import Labels
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.source import SEQUENCE


def silencing(model: Model, layer: int, unit: int) -> Edit:
    """A unit silenced for the whole run; see :meth:`rnnstep.Session.ablate`.

    Raises:
        InputError: the layer has no such unit.
    """
    return _silent(model, layer, _carried(model.layers[layer]), unit)


def silencing_called(model: Model, labels: Labels, label: str) -> Edit:
    """The same of what the labels call a unit, an output or an input.

    Raises:
        InputError: nothing has this label.
    """
    named = units_called(label, model, labels)[0]
    assert named.place is not None
    layer, name = named.place.layer, named.place.name
    if named.kind != "input":
        name = _carried(model.layers[layer])
    return _silent(model, layer, name, named.place.unit)


def holding(model: Model, t: int) -> Edit:
    """The input of a timestep from there on."""
    entering = (i for i, sources in enumerate(model.sources) if sources[0].layer == SEQUENCE)
    layer = next(entering)
    name = model.qualified(layer, model.layers[layer].cell.input.name)
    return Edit(Operation.HOLD, name, (), Reach.FROM, t)


def _silent(model: Model, index: int, name: str, unit: int) -> Edit:
    layer = model.layers[index]
    count = int((*layer.shape(name), 1)[0])
    if not 0 <= unit < count:
        raise InputError(f"no unit {unit}: layer {layer.name} has 0 to {count - 1}")
    items = (unit,) if layer.shape(name) else ()
    return Edit(Operation.SET, model.qualified(index, name), items, Reach.ALWAYS, 0, (0.0,))


def _carried(layer: Layer) -> str:
    """What of a layer is 0 where a unit is silenced."""
    return next(iter(layer.cell.carried.values()), layer.cell.output)

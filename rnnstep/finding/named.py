"""What of a run has a name: layers, values, weights, and what the labels call something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from rnnstep.breaks.places import Place
from rnnstep.equations import dependencies
from rnnstep.errors import InputError, did_you_mean
from rnnstep.labels import Labels
from rnnstep.layer import Layer
from rnnstep.model import Model

_MEANT = ("unit", "output", "input")
"""What is meant first where one label is of several axes."""


@dataclass(frozen=True)
class Named:
    """One thing with a name.

    Attributes:
        name: what it is called.
        kind: what it is, for people.
        t: the timestep, if it is one.
        place: the number that it is, if it is none.
    """

    name: str
    kind: str
    t: int | None = None
    place: Place | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What it goes by: a layer's value also without the layer."""
        own = self.place is not None and self.kind in ("value", "weight")
        return (self.name, self.place.name) if own and self.place else (self.name,)


def called(text: str, model: Model, labels: Labels) -> list[Named]:
    """What the labels call exactly so."""
    return _meant(list(_labelled(model, labels, lambda name: name == text)))


def units_called(text: str, model: Model, labels: Labels) -> list[Named]:
    """The units, outputs and inputs that the labels call so, in this order.

    Raises:
        InputError: none is.
    """
    axes = [named for named in _labelled(model, labels, lambda _: True) if named.place is not None]
    found = [named for named in axes if named.name == text]
    if found:
        return sorted(found, key=lambda named: _MEANT.index(named.kind))
    known = [named.name for named in axes]
    nearest = get_close_matches(text, known, n=12, cutoff=0)
    hint = did_you_mean(text, nearest) if known else ": units have no labels; give its number"
    raise InputError(f"no unit '{text[:40]}'{hint}")


def matching(text: str, model: Model, labels: Labels) -> list[Named]:
    """What is called so: by that name, else by its beginning, else by a part of it."""
    wanted = text.casefold()
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name == text,
        lambda name: name.casefold() == wanted,
        lambda name: name.casefold().startswith(wanted),
        lambda name: wanted in name.casefold(),
    )
    for fits in ways:
        found = [named for named in places(model) if any(map(fits, named.names))]
        found += _labelled(model, labels, fits)
        if found:
            return _meant(found)
    return []


def _meant(found: list[Named]) -> list[Named]:
    """A vocabulary names timesteps, inputs and outputs alike: the timesteps are meant."""
    timed = any(named.t is not None for named in found)
    return [named for named in found if not timed or named.kind not in ("input", "output")]


def places(model: Model) -> Iterator[Named]:
    """The layers, and every value and weight that a line makes or reads."""
    for index, layer in enumerate(model.layers):
        yield Named(layer.name, "layer", place=Place(index, layer.cell.equations[0].name))
    for index, layer in enumerate(model.layers):
        for name in _used(layer):
            yield entry(model, index, name, 0)


def entry(model: Model, layer: int, name: str, unit: int) -> Named:
    """An entry of a layer's value or weight."""
    kind = "weight" if name in model.layers[layer].weights else "value"
    return Named(model.qualified(layer, name), kind, place=Place(layer, name, unit))


def read(model: Model, layer: int, name: str) -> bool:
    """Whether a line makes or reads a value or a weight, and so is where it can be seen."""
    return name in _used(model.layers[layer])


def _used(layer: Layer) -> dict[str, None]:
    lines = layer.cell.equations
    made = [line.name for line in lines]
    return dict.fromkeys([*made, *(name for line in lines for name in dependencies(line.node))])


def _labelled(model: Model, labels: Labels, fits: Callable[[str], bool]) -> Iterator[Named]:
    """Units, inputs and outputs by their labels, and then timesteps."""
    last = len(model.layers) - 1
    axes = (
        ("unit", labels.units, model.focus, "hidden"),
        ("input", labels.inputs, 0, "input"),
        ("output", labels.outputs, last, "output"),
    )
    for kind, names, layer, axis in axes:
        shapes = model.layers[layer].cell.shapes
        having = [v for v in model.layers[layer].cell.values if shapes[v] == (axis,)]
        size = model.layers[layer].sizes.get(axis, 0)
        for unit, name in enumerate(names[:size] if having else ()):
            if fits(name):
                yield Named(name, kind, place=Place(layer, having[-1], unit))
    for t, name in enumerate(labels.timesteps):
        if fits(name):
            yield Named(name, "timestep", t)

"""A model: layers, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from rnnstep.errors import UnknownNameError, did_you_mean
from rnnstep.layer import Layer, Link
from rnnstep.making import Making
from rnnstep.notes import Note
from rnnstep.record import Record
from rnnstep.source import SEQUENCE, Source, width_of


class Model(Record, eq=False):
    """Layers that run one after another at each timestep.

    Attributes:
        layers: each reads the sequence or the outputs of layers before it.
        notes: what was inferred about the file, and what is unusual in it.
        path: the file of the weights, if any.
        focus: the layer whose values go by their bare names: ``--layer``.
    """

    layers: tuple[Layer, ...]
    notes: tuple[Note, ...] = ()
    path: Path | None = None
    focus: int = -1

    def __post_init__(self) -> None:
        if self.focus < 0:
            # a layer that only counts timesteps carries no vector
            carrying = (i for i, x in enumerate(self.layers) if any(s.shape for s in x.cell.states))
            object.__setattr__(self, "focus", next(carrying, 0))

    @property
    def input_size(self) -> int:
        """How many features a timestep of the sequence has; 0 if any number will do."""
        return self.layers[0].input_size

    def reading(self, features: int) -> Model:
        """The same model for a sequence of so many features, where the weights leave it open.

        With 0 features, what follows from the weights alone.
        """
        layers: list[Layer] = []
        for layer, sources in zip(self.layers, self.sources, strict=True):
            widths = [width_of(layers, source, features) for source in sources]
            layers.append(layer.reading(widths) if all(widths) else layer)
        same = all(new is old for new, old in zip(layers, self.layers, strict=True))
        return self if same else self.replaced(layers=tuple(layers))

    @cached_property
    def settled(self) -> bool:
        """Whether the weights say how much each layer reads, and the layers before it give that."""
        takes = self.input_size
        return self.reading(takes) is self and not any(self.misfits(takes))

    def misfits(self, features: int) -> Iterator[tuple[Layer, int]]:
        """Layers that are given another number of features than they take, and how many they take.

        Args:
            features: what the sequence gives, and a layer for any number of features.
        """
        for layer, sources in zip(self.layers, self.sources, strict=True):
            for declaration, source in zip(layer.cell.inputs, sources, strict=True):
                gives, takes = width_of(self.layers, source) or features, layer.takes(declaration)
                if gives != takes:
                    yield layer, takes

    @cached_property
    def sources(self) -> tuple[tuple[Source, ...], ...]:
        """What each layer reads, input by input.

        Raises:
            UnknownNameError: a layer reads one that does not come before it.
        """
        found: list[tuple[Source, ...]] = []
        for index, layer in enumerate(self.layers):
            before = {other.name: place for place, other in enumerate(self.layers[:index])}
            default = (Source(index - 1, _output(self.layers, index - 1)),)
            read = tuple(self._source(link, before) for link in layer.reads)
            found.append(read or default * len(layer.cell.inputs))
        return tuple(found)

    def _source(self, link: Link, before: Mapping[str, int]) -> Source:
        if not link.layer:
            return Source(SEQUENCE, "")
        if link.layer not in before:
            raise UnknownNameError(
                f"no layer '{link.layer}' before{did_you_mean(link.layer, before)}"
            )
        place = before[link.layer]
        return Source(place, link.value or _output(self.layers, place), link.final)

    @cached_property
    def sweeps(self) -> tuple[tuple[int, ...], ...]:
        """The layers that run through time together, in the order in which they have to.

        Layers of one direction share a sweep unless one reads what another sweep must have
        ended before it can be read.
        """
        ranks: list[int] = []
        groups: dict[tuple[int, bool], list[int]] = {}
        for index, layer in enumerate(self.layers):
            needs = [0]
            for source in self.sources[index]:
                if source.layer != SEQUENCE:
                    turns = source.final or self.layers[source.layer].reverse != layer.reverse
                    needs.append(ranks[source.layer] + turns)
            ranks.append(max(needs))
            groups.setdefault((ranks[index], layer.reverse), []).append(index)
        return tuple(tuple(groups[key]) for key in sorted(groups))

    @cached_property
    def makings(self) -> tuple[Making, ...]:
        """What makes the values of each sweep's layers."""
        return tuple(
            Making({i: self.layers[i] for i in sweep}, {i: self.sources[i] for i in sweep})
            for sweep in self.sweeps
        )

    @cached_property
    def homes(self) -> Mapping[int, tuple[int, int]]:
        """For each layer, which sweep it is in and where in it."""
        return {
            layer: (number, place)
            for number, layers in enumerate(self.sweeps)
            for place, layer in enumerate(layers)
        }

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of every value."""
        return np.result_type(*(layer.dtype for layer in self.layers))

    @property
    def state_names(self) -> tuple[str, ...]:
        """The names of what is carried, as ``state=`` takes them."""
        return tuple(
            self.qualified(index, state.name)
            for index, layer in enumerate(self.layers)
            for state in layer.cell.states
        )

    @cached_property
    def value_names(self) -> Mapping[str, tuple[int, str]]:
        """Every value by the name that files and scripts use: ``h_t``, or ``lstm/h_t``."""
        return MappingProxyType(
            {
                self.qualified(index, value): (index, value)
                for index, layer in enumerate(self.layers)
                for value in layer.cell.values
            }
        )

    def qualified(self, index: int, name: str) -> str:
        """The name of a layer's value: bare if the model has one layer, else ``layer/name``."""
        return name if len(self.layers) == 1 else f"{self.layers[index].name}/{name}"

    def index(self, name: str) -> int:
        """The place of the layer called ``name``.

        Raises:
            UnknownNameError: no layer has this name.
        """
        names = [layer.name for layer in self.layers]
        if name not in names:
            raise UnknownNameError(f"no layer '{name}'{did_you_mean(name, names)}")
        return names.index(name)

    def resolve(self, name: str) -> tuple[int, str]:
        """The layer and the value that ``name`` means.

        A bare name is the value of the layer in focus, else of the only layer that has it.

        Raises:
            UnknownNameError: no value has this name, or several have it.
        """
        if name in self.value_names:
            return self.value_names[name]
        having = [i for i, layer in enumerate(self.layers) if name in layer.cell.values]
        if self.focus in having:
            return self.focus, name
        if len(having) == 1:
            return having[0], name
        if having:
            choices = ", ".join(self.qualified(index, name) for index in having)
            raise UnknownNameError(f"several layers have a value '{name}': {choices}")
        raise UnknownNameError(f"no value '{name}'{did_you_mean(name, self.value_names)}")


def _output(layers: Sequence[Layer], index: int) -> str:
    return layers[index].cell.output if index != SEQUENCE else ""

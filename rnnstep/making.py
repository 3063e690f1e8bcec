"""How layers that run together make the values of a block, of nothing but what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.program import Window
from rnnstep.source import SEQUENCE, Source

State = tuple[Values, ...]
"""What is carried between two timesteps: for each layer, its states by name."""

Block = tuple[Window, ...]
"""Some timesteps that are run together: for each layer, its values."""

Fed = Mapping[tuple[int, str], Array]
"""What comes from outside, (timesteps, …): by the layer that reads it, and what it calls it."""


class Making:
    """Layers that run together, each of which may read those before it; any thread may use them.

    Args:
        layers: by their places in the model.
        sources: what each of them reads.

    Attributes:
        layers: as given.
        numbers: which of them each is, by its place in the model.
        reverse: whether they run from the last timestep to the first.
        watched: whether somebody may wait for one timestep of them, as a screen does.
    """

    def __init__(
        self, layers: Mapping[int, Layer], sources: Mapping[int, tuple[Source, ...]]
    ) -> None:
        self.layers, self._sources = layers, sources
        self.numbers = {index: number for number, index in enumerate(layers)}
        self.reverse = next(iter(layers.values())).reverse
        self.watched = all(layer.watched for layer in layers.values())
        self.outside: Mapping[tuple[int, str], Source] = {
            (index, declaration.name): source
            for index, layer in layers.items()
            for declaration, source in zip(layer.cell.inputs, sources[index], strict=True)
            if source.layer not in layers or source.final
        }
        """What the layers read from elsewhere, as :data:`Fed` is ordered."""

    @cached_property
    def value_bytes(self) -> int:
        """The bytes of every value of one timestep."""
        return sum(layer.value_bytes for layer in self.layers.values())

    @cached_property
    def state_bytes(self) -> int:
        """The bytes of what is carried between two timesteps."""
        return sum(layer.state_bytes for layer in self.layers.values())

    @cached_property
    def seconds(self) -> float:
        """What a timestep takes on NumPy, about; see :attr:`rnnstep.layer.Layer.seconds`."""
        return sum(layer.seconds for layer in self.layers.values())

    @cached_property
    def compiled_seconds(self) -> float:
        """What a timestep takes on the compiled machine, about."""
        return sum(layer.compiled_seconds for layer in self.layers.values())

    @cached_property
    def fed_by_sequence(self) -> bool:
        """Whether they read nothing from elsewhere but the sequence."""
        return all(source.layer == SEQUENCE for source in self.outside.values())

    @property
    def on_one_core(self) -> bool:
        """Whether that is true of all layers, see :attr:`rnnstep.layer.Layer.on_one_core`."""
        return all(layer.on_one_core for layer in self.layers.values())

    def block(self, fed: Fed, states: Mapping[int, State], fast: bool) -> Block:
        """Run timesteps.

        Args:
            fed: what they read from elsewhere.
            states: what the first of them starts from, and each that does not go on from the one
                before it, by its place in the block.
            fast: on the compiled machine.
        """
        done: dict[int, Window] = {}
        for which, (index, layer) in enumerate(self.layers.items()):
            inputs: dict[str, Array] = {}
            for declaration, source in zip(layer.cell.inputs, self._sources[index], strict=True):
                outside = fed.get((index, declaration.name))
                signal = done[source.layer][source.value] if outside is None else outside
                inputs[declaration.name] = _as_input(signal, layer, declaration.name)
            own = {row: state[which] for row, state in states.items()}
            done[index] = layer.run(inputs, own, fast)
        return tuple(done.values())

    def carried(self, block: Block) -> State:
        """What a block hands on to the next one."""
        return tuple(
            layer.carry({name: window[name][-1, ...] for name in layer.cell.carried.values()})
            for layer, window in zip(self.layers.values(), block, strict=True)
        )


def _as_input(signal: Array, layer: Layer, name: str) -> Array:
    array = np.asarray(signal)
    dtype = layer.input_dtypes[name]
    if array.dtype != dtype:
        with np.errstate(all="ignore"):
            array = array.astype(dtype)
    return array.reshape(len(array), *layer.input_shapes[name])

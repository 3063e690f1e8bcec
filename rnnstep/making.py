"""How the layers of a sweep make the values of a block, of nothing but what they are given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.model import Source
from rnnstep.program import Window

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
    """

    def __init__(
        self, layers: Mapping[int, Layer], sources: Mapping[int, tuple[Source, ...]]
    ) -> None:
        self._layers, self._sources = layers, sources
        self.outside: Mapping[tuple[int, str], Source] = {
            (index, declaration.name): source
            for index, layer in layers.items()
            for declaration, source in zip(layer.cell.inputs, sources[index], strict=True)
            if source.layer not in layers or source.final
        }
        """What the layers read from elsewhere, as :data:`Fed` is ordered."""

    @property
    def on_one_core(self) -> bool:
        """Whether that is true of all layers, see :attr:`rnnstep.layer.Layer.on_one_core`."""
        return all(layer.on_one_core for layer in self._layers.values())

    def block(self, fed: Fed, states: Mapping[int, State], fast: bool) -> Block:
        """Run timesteps.

        Args:
            fed: what they read from elsewhere.
            states: what the first of them starts from, and each that does not go on from the one
                before it, by its place in the block.
            fast: on the compiled machine.
        """
        done: dict[int, Window] = {}
        for which, (index, layer) in enumerate(self._layers.items()):
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
            for layer, window in zip(self._layers.values(), block, strict=True)
        )


def _as_input(signal: Array, layer: Layer, name: str) -> Array:
    array = np.asarray(signal)
    dtype = layer.input_dtypes[name]
    if array.dtype != dtype:
        with np.errstate(all="ignore"):
            array = array.astype(dtype)
    return array.reshape(len(array), *layer.input_shapes[name])

"""One run of some layers through time, in one direction: what is kept, and what is run again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from rnnstep.checkpoints import Checkpoints, state_bytes
from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.model import Source

State = tuple[Values, ...]
"""What is carried between two timesteps: for each layer, its states by name."""

Feed = Callable[[int, Source], Array]
"""What a source gives at a timestep."""

_SEGMENTS_KEPT = 4
_RECENT = 4


class Sweep:
    """Layers that run together, readable at any timestep.

    Timesteps are real time whichever way the layers run; what is carried *into* one comes from
    the timestep before it in the direction of the run.

    Args:
        layers: the layers, by their places in the model.
        sources: what each of them reads.
        length: timesteps of the run.
        feed: gives what the layers read from elsewhere.
        state: the states before the first timestep of the run.
        budget: bytes of states to keep at the most.

    Attributes:
        stride: timesteps from one checkpoint to the next.
    """

    def __init__(
        self,
        layers: Mapping[int, Layer],
        sources: Mapping[int, tuple[Source, ...]],
        length: int,
        feed: Feed,
        state: State,
        budget: int,
    ) -> None:
        self._layers, self._sources, self._length, self._feed = layers, sources, length, feed
        self._reverse = next(iter(layers.values())).reverse
        self.stride = _stride(length, state_bytes(layers.values()), budget)
        self._edited: dict[int, State] = {}
        self._checkpoints = Checkpoints(tuple(layers.values()), -(-length // self.stride))
        self._checkpoints.append(state)
        self._forget()

    def _forget(self) -> None:
        self._segments: OrderedDict[int, list[State]] = OrderedDict()
        self._recent: OrderedDict[int, tuple[tuple[Values, ...], State]] = OrderedDict()

    def fork(self, feed: Feed, changes_from: int, states: Mapping[int, State]) -> Sweep:
        """The same run with another feed or state from a timestep on; what is before is shared.

        Args:
            feed: gives what the layers read from elsewhere.
            changes_from: the first timestep, in the direction of the run, that may differ.
            states: what is carried into a timestep instead, where that is edited.
        """
        fork = object.__new__(Sweep)
        fork.__dict__.update(self.__dict__)
        fork._feed, fork._edited = feed, dict(self._edited)
        fork._forget()
        fork._edited |= {self._place(t): state for t, state in states.items()}
        place = self._place(changes_from)
        shared = place // self.stride + (place % self.stride != 0)
        arriving = self._into(place)
        fork._checkpoints = self._checkpoints.fork(shared)
        if place % self.stride == 0:
            fork._checkpoints.append(fork._edited.get(place, arriving))
        return fork

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of each layer at a timestep."""
        return self._run(self._place(t))[0]

    def carried_into(self, t: int) -> State:
        """What a timestep starts from: exactly what the one before it handed on."""
        return self._into(self._place(t))

    @property
    def last(self) -> int:
        """The timestep at which the run ends."""
        return self._place(self._length - 1)

    # Places count from the start of the run: real time, or its reverse.

    def _place(self, t: int) -> int:
        return self._length - 1 - t if self._reverse else t

    def _into(self, place: int) -> State:
        before = self._recent.get(place - 1)
        if before is not None:
            return before[1]
        index, offset = divmod(place, self.stride)
        while self._checkpoints.filled <= index:
            self._run_segment(self._checkpoints.filled - 1)
        return self._checkpoints[index] if offset == 0 else self._segment(index)[offset]

    def _run(self, place: int) -> tuple[tuple[Values, ...], State]:
        """The values at a place, and what it hands on; the last few are remembered."""
        if place not in self._recent:
            self._recent[place] = self._advance(place, self._into(place))
            while len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return self._recent[place]

    def _advance(self, place: int, carried: State) -> tuple[tuple[Values, ...], State]:
        values, following = advance(
            self._layers, self._sources, self._place(place), self._feed, carried
        )
        following = self._edited.get(place + 1, following)
        index, offset = divmod(place + 1, self.stride)
        if offset == 0 and index == self._checkpoints.filled and place + 1 < self._length:
            self._checkpoints.append(following)
        return values, following

    def _segment(self, index: int) -> list[State]:
        """The states carried into each timestep between two checkpoints."""
        if index not in self._segments:
            self._segments[index] = self._run_segment(index)
        self._segments.move_to_end(index)
        while len(self._segments) > _SEGMENTS_KEPT:
            self._segments.popitem(last=False)
        return self._segments[index]

    def _run_segment(self, index: int) -> list[State]:
        carried, states = self._checkpoints[index], []
        start = index * self.stride
        for place in range(start, min(start + self.stride, self._length)):
            states.append(carried)
            carried = self._advance(place, carried)[1]
        return states


def advance(
    layers: Mapping[int, Layer],
    sources: Mapping[int, tuple[Source, ...]],
    t: int,
    feed: Feed,
    carried: State,
) -> tuple[tuple[Values, ...], State]:
    """One timestep of some layers from what is carried into it: its values, what it hands on."""
    done: dict[int, Values] = {}
    following = []
    for (index, layer), state in zip(layers.items(), carried, strict=True):
        inputs = {}
        for declaration, source in zip(layer.cell.inputs, sources[index], strict=True):
            own = source.layer in done and not source.final
            signal = done[source.layer][source.value] if own else feed(t, source)
            inputs[declaration.name] = _as_input(signal, layer, declaration.name)
        values = layer.step(inputs, state)
        for array in values.values():
            array.flags.writeable = False
        done[index] = MappingProxyType(values)
        following.append(layer.carry(values))
    return tuple(done.values()), tuple(following)


def _as_input(signal: Array, layer: Layer, name: str) -> Array:
    array = np.asarray(signal)
    dtype = layer.input_dtypes[name]
    if array.dtype != dtype:
        with np.errstate(all="ignore"):
            array = array.astype(dtype)
    shape = layer.input_shapes[name]
    return array if array.shape == shape else array.reshape(shape)


def _stride(timesteps: int, nbytes: int, budget: int) -> int:
    """Timesteps between checkpoints so that they and the segments run again fit the budget."""
    if timesteps * nbytes <= budget:
        return 1
    kept = max(budget // (2 * nbytes), 1)
    return -(-timesteps // kept)

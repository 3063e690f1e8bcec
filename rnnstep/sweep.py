"""One run of some layers through time, in one direction: what is kept, and what is run again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from rnnstep.checkpoints import Checkpoints
from rnnstep.equations import Array
from rnnstep.joining import Part
from rnnstep.layer import Layer, Values
from rnnstep.model import Source
from rnnstep.program import Moment, Window, first_compiled

State = tuple[Values, ...]
"""What is carried between two timesteps: for each layer, its states by name."""

Feed = Callable[[range, Source], Array]
"""What a source gives at some timesteps, (timesteps, …)."""

Block = tuple[Window, ...]
"""Some timesteps that are run together: for each layer, its values."""

_LONGEST, _SHORTEST = 1024, 8
_AT_ONCE = 12e-3
"""Seconds that a block may take, about: less than a frame, to go anywhere at once."""
_FASTER = 2
"""How many times as fast as numpy the compiled machine is at the least, about."""
_BLOCK_BYTES = 16 * 2**20
"""Bytes of values of a block, beyond the shortest."""
_UNWATCHED = 4
"""How many times as many bytes a block may have for which nobody waits."""
_BLOCKS_BYTES = 64 * 2**20
"""Bytes of values of the blocks used last that are kept."""


class Sweep:
    """Layers that run together, readable at any timestep.

    Timesteps are real time whichever way the layers run; what is carried *into* one comes from
    the timestep before it in the direction of the run. They are run in blocks; the state before
    a block is kept, and the blocks used last.

    Args:
        layers: the layers, by their places in the model.
        sources: what each of them reads.
        length: timesteps of the run.
        feed: gives what the layers read from elsewhere.
        state: the states before the first timestep of the run.
        budget: bytes of states to keep at the most.

    Attributes:
        block: timesteps that are run together.
        stride: timesteps from one kept state to the next.
        states_bytes: of the states before all blocks.
        compiled_from: the place from which on blocks are run by the compiled machine, if any.
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
        seconds = sum(layer.seconds for layer in layers.values())
        watched = all(layer.watched for layer in layers.values())
        first = first_compiled(length, seconds, watched)
        faster = 1 if first is None else _FASTER
        values = sum(layer.value_bytes for layer in layers.values())
        self.block = (
            block_length(length, seconds / faster, values)
            if watched
            else block_length(length, 0.0, values // _UNWATCHED)
        )
        self.compiled_from = None if first is None else -(-first // self.block) * self.block
        self._block_bytes = self.block * values
        blocks = -(-length // self.block)
        one = max(sum(layer.state_bytes for layer in layers.values()), 1)
        self.states_bytes = blocks * one
        kept = max(budget // one, 1)
        self._every = -(-blocks // kept)
        self.stride = self._every * self.block
        self._edited: dict[int, State] = {}
        self._checkpoints = Checkpoints(tuple(layers.values()), -(-blocks // self._every))
        self._checkpoints.append(state)
        self._blocks: OrderedDict[int, Block] = OrderedDict()

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
        fork._edited |= {self._place(t): state for t, state in states.items()}
        place = self._place(changes_from)
        self._block(place // self.block)
        before = place // self.block
        fork._blocks = OrderedDict((n, block) for n, block in self._blocks.items() if n < before)
        shared, inside = divmod(place, self.stride)
        starts_there = inside == 0 and place in fork._edited
        fork._checkpoints = self._checkpoints.fork(shared if starts_there else shared + 1)
        if starts_there:
            fork._checkpoints.append(fork._edited[place])
        return fork

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of each layer at a timestep."""
        number, row = divmod(self._place(t), self.block)
        return tuple(Moment(window, row) for window in self._block(number))

    def parts(self, layer: int, name: str, times: range) -> Iterator[Part]:
        """A value of one of the layers at timesteps one after another, block by block."""
        place = list(self._layers).index(layer)
        first, last = sorted((self._place(times[0]), self._place(times[-1])))
        turned = (times.step < 0) != self._reverse
        for number in range(first // self.block, last // self.block + 1):
            start = number * self.block
            begin, end = max(start, first), min(start + self.block, last + 1)
            part = self._block(number)[place][name][begin - start : end - start]
            yield (last + 1 - end, part[::-1]) if turned else (begin - first, part)

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep, block by block, from where the run has come to.

        Yields:
            how many timesteps have been run, in the direction of the run.
        """
        come_to = (self._checkpoints.filled - 1) * self._every
        for number in range(come_to, self._place(t) // self.block + 1):
            self._block(number)
            yield min((number + 1) * self.block, self._length)

    def carried_into(self, t: int) -> State:
        """What a timestep starts from: exactly what the one before it handed on."""
        number, row = divmod(self._place(t), self.block)
        states = zip(self._layers.values(), self._block(number), strict=True)
        return tuple(
            {s.name: window[s.name][row, ...] for s in layer.cell.states}
            for layer, window in states
        )

    def forget(self, keep: int = 0) -> None:
        """Drop the values that are remembered: they are computed again when asked for.

        Args:
            keep: of how many blocks they are kept, those used last.
        """
        while len(self._blocks) > keep:
            self._blocks.popitem(last=False)

    @property
    def last(self) -> int:
        """The timestep at which the run ends."""
        return self._place(self._length - 1)

    def prepare(self) -> None:
        """Load what later blocks need, so that the first of them need not wait for it."""
        if self.compiled_from is not None:
            for layer in self._layers.values():
                layer.prepare()

    # Places count from the start of the run: real time, or its reverse.

    def _place(self, t: int) -> int:
        return self._length - 1 - t if self._reverse else t

    def _block(self, number: int) -> Block:
        """A block of timesteps, counted from the start of the run."""
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        return self._reach(number)

    def _reach(self, number: int) -> Block:
        """Run a block, and before it those from the last kept state on, or remembered block."""
        kept = min(number // self._every, self._checkpoints.filled - 1)
        current, state = kept * self._every, self._checkpoints[kept]
        remembered = [n for n in self._blocks if current <= n < number]
        if remembered:
            current = max(remembered)
        while True:
            block = self._blocks.get(current) or self._run(current, state)
            if current == number:
                return block
            current += 1
            place = current * self.block
            state = self._edited.get(place) or tuple(
                layer.carry({name: window[name][-1, ...] for name in layer.cell.carried.values()})
                for layer, window in zip(self._layers.values(), block, strict=True)
            )
            if current == self._checkpoints.filled * self._every:
                self._checkpoints.append(state)

    def _run(self, number: int, state: State) -> Block:
        """Run a block from what is carried into it, and remember it."""
        start = number * self.block
        stop = min(start + self.block, self._length)
        step = -1 if self._reverse else 1
        times = range(self._place(start), self._place(stop - 1) + step, step)
        states = {0: state}
        states |= {p - start: s for p, s in self._edited.items() if start < p < stop}
        fast = self.compiled_from is not None and start >= self.compiled_from
        done: dict[int, Window] = {}
        for which, (index, layer) in enumerate(self._layers.items()):
            inputs = {}
            for declaration, source in zip(layer.cell.inputs, self._sources[index], strict=True):
                own = source.layer in done and not source.final
                signal = done[source.layer][source.value] if own else self._feed(times, source)
                inputs[declaration.name] = _as_input(signal, layer, declaration.name)
            own_states = {row: given[which] for row, given in states.items()}
            done[index] = layer.run(inputs, own_states, fast)
        self._blocks[number] = tuple(done.values())
        self.forget(max(_BLOCKS_BYTES // self._block_bytes, 2))
        return self._blocks[number]


def block_length(length: int, seconds: float, value_bytes: int) -> int:
    """How many timesteps are run together: fewer of a large layer, to go anywhere at once.

    Args:
        length: timesteps of the run.
        seconds: that one of them takes.
        value_bytes: of every value of one of them.
    """
    quick = int(_AT_ONCE / max(seconds, _AT_ONCE / _LONGEST))
    small = _BLOCK_BYTES // max(value_bytes, 1)
    return min(max(min(quick, small, _LONGEST), _SHORTEST), length)


def _as_input(signal: Array, layer: Layer, name: str) -> Array:
    array = np.asarray(signal)
    dtype = layer.input_dtypes[name]
    if array.dtype != dtype:
        with np.errstate(all="ignore"):
            array = array.astype(dtype)
    return array.reshape(len(array), *layer.input_shapes[name])

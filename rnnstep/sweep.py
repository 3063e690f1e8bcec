"""One run of some layers through time, in one direction: what is kept, and what is run again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from rnnstep.ahead import Ahead
from rnnstep.blocks import Blocks
from rnnstep.checkpoints import Checkpoints
from rnnstep.equations import Array
from rnnstep.joining import Part
from rnnstep.layer import Values
from rnnstep.making import Block, Fed, Making, State
from rnnstep.program import Moment
from rnnstep.source import Source

Feed = Callable[[range, Source], Array]
"""What a source gives at some timesteps, (timesteps, …)."""

_BLOCKS_BYTES = 64 * 2**20
"""Bytes of values of the blocks used last that are kept."""

_AHEAD = 2
"""Blocks that are run ahead: while one is waited for, the thread has another to run."""


class Sweep:
    """Layers that run together, readable at any timestep.

    Timesteps are real time whichever way the layers run; what is carried *into* one comes from
    the timestep before it in the direction of the run. They are run in blocks; the state before
    a block is kept, and the blocks used last.

    Args:
        making: makes their values.
        length: timesteps of the run.
        feed: gives what the layers read from elsewhere.
        state: the states before the first timestep of the run.
        budget: bytes of states to keep at the most.

    Attributes:
        blocks: the timesteps that are run together.
        stride: timesteps from one kept state to the next, at the most.
        states_bytes: of the states before all blocks.
        compiled_from: the place from which on blocks are run by the compiled machine, if any.
    """

    def __init__(self, making: Making, length: int, feed: Feed, state: State, budget: int) -> None:
        self._making, self._length, self._feed = making, length, feed
        self._reverse = making.reverse
        self.blocks = Blocks.of(length, making)
        self.compiled_from = self.blocks.compiled_from
        self._block_bytes = self.blocks.long * making.value_bytes
        blocks = self.blocks.count
        one = max(making.state_bytes, 1)
        self.states_bytes = blocks * one
        kept = max(budget // one, 1)
        self._every = -(-blocks // kept)
        self.stride = self._every * self.blocks.long
        self._edited: dict[int, State] = {}
        self._checkpoints = Checkpoints(tuple(making.layers.values()), -(-blocks // self._every))
        self._checkpoints.append(state)
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._ahead: Ahead[Block] = Ahead()

    def fork(self, feed: Feed, changes_from: int, states: Mapping[int, State]) -> Sweep:
        """The same run with another feed or state from a timestep on; what is before is shared.

        Args:
            feed: gives what the layers read from elsewhere.
            changes_from: the first timestep, in the direction of the run, that may differ.
            states: what is carried into a timestep instead, where that is edited.
        """
        fork = object.__new__(Sweep)
        fork.__dict__.update(self.__dict__)
        fork._feed, fork._edited, fork._ahead = feed, dict(self._edited), Ahead()
        fork._edited |= {self._place(t): state for t, state in states.items()}
        place = self._place(changes_from)
        number = self.blocks.number(place)
        self._block(number)
        fork._blocks = OrderedDict((n, block) for n, block in self._blocks.items() if n < number)
        shared, inside = divmod(number, self._every)
        first = inside == 0 and place == self.blocks.places(number).start
        starts_there = first and place in fork._edited
        fork._checkpoints = self._checkpoints.fork(shared if starts_there else shared + 1)
        if starts_there:
            fork._checkpoints.append(fork._edited[place])
        return fork

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of each layer at a timestep."""
        number, row = self._row(t)
        return tuple(Moment(window, row) for window in self._block(number))

    def parts(self, layer: int, name: str, times: range) -> Iterator[Part]:
        """A value of one of the layers at timesteps one after another, block by block."""
        place = self._making.numbers[layer]
        first, last = sorted((self._place(times[0]), self._place(times[-1])))
        turned = (times.step < 0) != self._reverse
        for number in range(self.blocks.number(first), self.blocks.number(last) + 1):
            block = self.blocks.places(number)
            begin, end = max(block.start, first), min(block.stop, last + 1)
            part = self._block(number)[place][name][begin - block.start : end - block.start]
            yield (last + 1 - end, part[::-1]) if turned else (begin - first, part)

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep, block by block, from where the run has come to.

        Yields:
            how many timesteps have been run, in the direction of the run.
        """
        come_to = (self._checkpoints.filled - 1) * self._every
        for number in range(come_to, self.blocks.number(self._place(t)) + 1):
            self._block(number)
            yield self.blocks.places(number).stop

    def run_ahead(self, t: int) -> None:
        """Let another thread run the block of a timestep and those behind it, if that gains time.

        For who will ask for one after the other, and has something to do with each. It gains
        none where NumPy runs them, which needs the interpreter, or where they take all cores.
        """
        from rnnstep.program import workers

        making = self._making
        alone = making.fed_by_sequence and making.on_one_core
        if self._reverse or not alone or workers.count() == 1:
            return
        number, _ = self._row(t)
        wanted = range(number, min(number + 1 + _AHEAD, self.blocks.count))
        self._ahead.forget(but=wanted)
        for behind in wanted:
            if behind in self._blocks or behind in self._ahead or not self._fast(behind):
                continue
            into = self._into(behind)
            if into is None:
                return
            make = partial(self._made, behind, into, self._fed(behind), fast=True)
            self._ahead.begin(behind, make)

    def _into(self, number: int) -> Callable[[], State] | None:
        """How to get what a block starts from, if that needs no other block to be run."""
        kept, between = divmod(number, self._every)
        if not between and kept < self._checkpoints.filled:
            return partial(self._checkpoints.__getitem__, kept)
        if number - 1 in self._ahead:
            before = self._ahead.coming(number - 1)
            return lambda: self._after(before(), number)
        found = self._blocks.get(number - 1)
        return None if found is None else partial(self._after, found, number)

    def carried_into(self, t: int) -> State:
        """What a timestep starts from: exactly what the one before it handed on."""
        number, row = self._row(t)
        states = zip(self._making.layers.values(), self._block(number), strict=True)
        return tuple(
            {s.name: window[s.name][row, ...] for s in layer.cell.states}
            for layer, window in states
        )

    def forget(self, keep: int = 0) -> None:
        """Drop the values that are remembered: they are computed again when asked for.

        Args:
            keep: of how many blocks they are kept, those used last.
        """
        if not keep:
            self._ahead.forget()
        while len(self._blocks) > keep:
            self._blocks.popitem(last=False)

    @property
    def last(self) -> int:
        """The timestep at which the run ends."""
        return self._place(self._length - 1)

    def prepare(self) -> None:
        """Load what later blocks need, so that the first of them need not wait for it."""
        if self.compiled_from is not None:
            for layer in self._making.layers.values():
                layer.prepare()

    # Places count from the start of the run: real time, or its reverse.

    def _place(self, t: int) -> int:
        return self._length - 1 - t if self._reverse else t

    def _row(self, t: int) -> tuple[int, int]:
        """The block that a timestep is in, and which row of it it is."""
        place = self._place(t)
        number = self.blocks.number(place)
        return number, place - self.blocks.places(number).start

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
            state = self._after(block, current)
            if current == self._checkpoints.filled * self._every:
                self._checkpoints.append(state)

    def _run(self, number: int, state: State) -> Block:
        """Run a block from what is carried into it, and remember it."""
        fast = self._fast(number)
        block = self._ahead.take(number) if fast else None
        if block is None:
            block = self._made(number, lambda: state, self._fed(number), fast=fast)
        self._blocks[number] = block
        self.forget(max(_BLOCKS_BYTES // self._block_bytes, 2))
        return block

    def _fast(self, number: int) -> bool:
        """Whether the compiled machine runs a block."""
        start = self.blocks.places(number).start
        return self.compiled_from is not None and start >= self.compiled_from

    def _after(self, block: Block, number: int) -> State:
        """What a block starts from, given the one before it."""
        edited = self._edited.get(self.blocks.places(number).start)
        return self._making.carried(block) if edited is None else edited

    def _fed(self, number: int) -> Fed:
        """What a block's layers read from elsewhere."""
        places, step = self.blocks.places(number), -1 if self._reverse else 1
        times = range(self._place(places[0]), self._place(places[-1]) + step, step)
        return {key: self._feed(times, source) for key, source in self._making.outside.items()}

    def _made(self, number: int, into: Callable[[], State], fed: Fed, *, fast: bool) -> Block:
        """The values of a block, on any thread: nothing else is read that could change."""
        places = self.blocks.places(number)
        edited = {p - places.start: s for p, s in self._edited.items() if p in places[1:]}
        return self._making.block(fed, {0: into()} | edited, fast)

"""A run in pieces: between two of them the layers, the sequence or a state is changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from rnnstep.changes import Change, InputChange, LayerChange, Models, StateChange
from rnnstep.equations import Array
from rnnstep.joining import Part
from rnnstep.layer import Values
from rnnstep.making import State
from rnnstep.model import Model
from rnnstep.run import Run
from rnnstep.sweep import Sweep

Enter = Callable[[State], State]


class Piece:
    """A stretch of a run; it is run when it is first read.

    Args:
        model: the layers, as they are throughout.
        xs: its inputs; those that a later change cuts off are there, and are not read.
        budget: bytes of states to keep at the most.
        enter: makes what it starts from of what the piece before it ends with.
        fast: whether the compiled machine runs it; ``None`` if its length decides.
    """

    def __init__(
        self, model: Model, xs: Array, budget: int, enter: Enter, fast: bool | None = None
    ) -> None:
        self.model, self.xs, self._budget, self._enter = model, xs, budget, enter
        self._fast = fast
        self._run: Run | None = None

    @property
    def begun(self) -> bool:
        """Whether it is known what it starts from."""
        return self._run is not None

    def begin(self, state: State) -> None:
        """Start from what is carried out of the piece before."""
        self._run = Run(self.model, self.xs, self._enter(state), self._budget)
        if self._fast is not None:
            for sweep in self._run.sweeps:
                sweep.compiled_from = 0 if self._fast else None

    @property
    def run(self) -> Run:
        """The run that it is."""
        assert self._run is not None
        return self._run

    def after(self, timesteps: int) -> State:
        """What it hands on when it ends after so many timesteps."""
        ended = self.run.values(timesteps - 1)
        layers = zip(self.model.layers, ended, strict=True)
        return tuple(layer.carry(values) for layer, values in layers)


class Pieces:
    """A run of layers that go through time together, read as if it were one.

    Args:
        models: the model, and what changes make of it.
        xs: the sequence, (timesteps, features).
        state: the states before the first timestep.
        budget: bytes of states to keep at the most.
    """

    def __init__(self, models: Models, xs: Array, state: State, budget: int) -> None:
        self._models, self._xs, self._state, self._budget = models, xs, state, budget
        self._changes: tuple[Change, ...] = ()
        self._starts = [0]
        whole = Piece(models.of(()), xs, budget, lambda state: state)
        whole.begin(state)
        self._pieces = [whole]
        # who runs a timestep depends on its place in the whole run, or forks would have other bits
        self._compiled_from = whole.run.sweeps[0].compiled_from

    def changed(self, changes: Sequence[Change], origin: int) -> Pieces:
        """The same run with some changes more, all from ``origin`` on; the past is shared."""
        fork = object.__new__(Pieces)
        fork.__dict__.update(self.__dict__)
        fork._changes = (*self._changes, *changes)
        length = len(self._xs)
        starts = {0, *(change.start for change in fork._changes)}
        starts |= {c.stop for c in fork._changes if not isinstance(c, StateChange)}
        place = self._compiled_from
        if place is not None and (place >= origin or place in self._starts):
            starts.add(place)
        fork._starts = sorted(start for start in starts if 0 <= start < length)
        shared = bisect_right(fork._starts, origin - 1)
        ends = [*fork._starts[1:], length]
        fork._pieces = self._pieces[:shared] + [
            fork._piece(start, stop)
            for start, stop in zip(fork._starts[shared:], ends[shared:], strict=True)
        ]
        if not shared:
            fork._pieces[0].begin(self._state)
        return fork

    def _piece(self, start: int, stop: int) -> Piece:
        layers = [
            c for c in self._changes if isinstance(c, LayerChange) and c.start <= start < c.stop
        ]
        xs = self._xs[start:stop]
        for change in self._changes:
            if isinstance(change, InputChange) and change.start <= start < change.stop:
                xs = change.edit(xs)
        entered = [c for c in self._changes if isinstance(c, StateChange) and c.start == start]
        budget = self._budget * (stop - start) // len(self._xs)
        fast = self._compiled_from is not None and start >= self._compiled_from
        model = self._models.of(layers)
        return Piece(model, xs, budget, lambda state: _entered(state, entered), fast)

    @property
    def model(self) -> Model:
        """The layers, with what is changed for the whole run."""
        layers = [c for c in self._changes if isinstance(c, LayerChange)]
        return self._models.of([c for c in layers if c.whole(len(self._xs))])

    def model_at(self, t: int) -> Model:
        """The layers of a timestep."""
        return self._pieces[bisect_right(self._starts, t) - 1].model

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of every layer at a timestep."""
        piece, place = self._at(t)
        return piece.run.values(place)

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep, piece by piece; how many timesteps have been run."""
        for number, begin, end in self._between(0, t + 1):
            for count in self._begun(number).run.reach(end - 1 - begin):
                yield min(begin + count, end)

    def run_ahead(self, t: int) -> None:
        """See :meth:`rnnstep.sweep.Sweep.run_ahead`; to the end of the piece."""
        piece, place = self._at(t)
        piece.run.run_ahead(place)

    def carried_into(self, t: int) -> State:
        """What each layer starts a timestep from."""
        piece, place = self._at(t)
        return piece.run.carried_into(place)

    def input_at(self, t: int) -> Array:
        """The input of a timestep, as edited."""
        piece, place = self._at(t)
        return piece.run.input_at(place)

    def parts(self, layer: int, name: str, times: range) -> Iterator[Part]:
        """A layer's value at timesteps one after another, block by block."""
        for number, begin, end in self._between(times.start, times.stop):
            first = self._starts[number]
            own = range(begin - first, end - first)
            for place, part in self._begun(number).run.parts(layer, name, own):
                yield begin - times.start + place, part

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, int, Model]]:
        """The pieces between two timesteps: begin, end and the layers of each."""
        for number, begin, end in self._between(start, stop):
            yield begin, end, self._pieces[number].model

    def forget(self, keep: int = 0) -> None:
        """Drop the values that are remembered, not the states that are kept."""
        for piece in self._pieces:
            if piece.begun:
                piece.run.forget(keep)

    @property
    def sweeps(self) -> list[Sweep]:
        """Those of the pieces that have been read."""
        return [sweep for piece in self._pieces if piece.begun for sweep in piece.run.sweeps]

    @property
    def stride(self) -> int:
        """Timesteps from one kept state to the next, at the most."""
        return max(p.run.stride for p in self._pieces if p.begun)

    def _between(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        ends = [*self._starts[1:], len(self._xs)]
        number = bisect_right(self._starts, start) - 1
        while number < len(ends) and self._starts[number] < max(stop, start + 1):
            yield number, max(self._starts[number], start), min(ends[number], stop)
            number += 1

    def _at(self, t: int) -> tuple[Piece, int]:
        number = bisect_right(self._starts, t) - 1
        return self._begun(number), t - self._starts[number]

    def _begun(self, number: int) -> Piece:
        """A piece, and before it all those that it goes on from."""
        first = number
        while not self._pieces[first].begun:
            first -= 1
        for place in range(first + 1, number + 1):
            length = self._starts[place] - self._starts[place - 1]
            self._pieces[place].begin(self._pieces[place - 1].after(length))
        return self._pieces[number]


def _entered(state: State, changes: Sequence[StateChange]) -> State:
    states = [dict(values) for values in state]
    for change in changes:
        array = change.edit(states[change.layer][change.name])
        array.flags.writeable = False
        states[change.layer][change.name] = array
    return tuple(states)

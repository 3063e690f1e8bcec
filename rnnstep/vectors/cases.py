"""Which cases there are, from the simplest on, and what the failure of each means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rnnstep.equations import Array
from rnnstep.vectors.entry import Entry

SEED = 0
"""The seed of the random numbers."""

_IMPULSES, _UNITS = 8, 4
"""How many features and units are tried one by one at the most, evenly spread."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """A case whose expected values are not known yet.

    Attributes:
        name: letters, digits and underscores.
        tells: what its failure alone means.
        later: what it means if its first timestep is right, where that is something else.
        attempts: inputs, (timesteps, features), the wanted one first, then ever milder ones for a
            model that takes rounding too far, or overflows.
        state: initial states by name; the model's own if absent.
    """

    name: str
    tells: str
    attempts: tuple[Array, ...]
    state: Mapping[str, Array] = field(default_factory=dict)
    later: str = ""


def proposals(entry: Entry, seed: int = SEED) -> Iterator[Proposal]:
    """The cases for a model, from the simplest on."""
    random = np.random.default_rng(seed)
    yield Proposal("zeros", _ZEROS[entry.rows > 0], (_nothing(entry, 1),))
    yield from _impulses(entry)
    yield Proposal("random_short", _SHORT, (_anything(entry, 1, random),))
    yield from _units(entry)
    yield from _states(entry, random)
    yield Proposal("constant", _CONSTANT, _shorter(_steady(entry, 8)), later=_LATER)
    yield Proposal("random", _RANDOM, _shorter(_anything(entry, 8, random)), later=_LATER)
    if entry.padding is not None:
        padded = _anything(entry, 8, random)
        padded[[0, 3, 4, 7]] = entry.padding
        yield Proposal("padding", _PADDING, (padded,))
    if not entry.rows:
        signs = np.sign(random.normal(size=(4, entry.features)))
        large = tuple(_float(signs * size) for size in (20, 10, 5, 2))
        yield Proposal("large", _LARGE, large)
    small = _anything(entry, 200, random)
    small = small if entry.rows else _float(small * 0.1)
    yield Proposal("long", _LONG, _shorter(small, 25))


def _impulses(entry: Entry) -> Iterator[Proposal]:
    """One feature at t = 0, or one row of the table, then nothing."""
    for k in _spread(entry.rows or entry.features, _IMPULSES):
        x = _nothing(entry, 4)
        x[0, 0 if entry.rows else k] = k if entry.rows else 1
        name, tells = (f"row_{k}", _ROW) if entry.rows else (f"impulse_{k}", _IMPULSE)
        yield Proposal(name, tells.format(k=k), _shorter(x), later=_LATER)


def _units(entry: Entry) -> Iterator[Proposal]:
    """One unit of each state is one, and there is no input."""
    shapes = _state_shapes(entry)
    for k in _spread(max((max(s) for s in shapes.values()), default=0), _UNITS):
        state = {name: np.zeros(shape) for name, shape in shapes.items()}
        for array in state.values():
            array.reshape(-1)[k : k + 1] = 1
        yield Proposal(f"unit_{k}", _UNIT.format(k=k), (_nothing(entry, 1),), state)


def _states(entry: Entry, random: np.random.Generator) -> Iterator[Proposal]:
    shapes = _state_shapes(entry)
    if shapes:
        state = {name: 0.5 * random.normal(size=shape) for name, shape in shapes.items()}
        yield Proposal("state", _STATE, _shorter(_nothing(entry, 4)), state, _LATER)


def _state_shapes(entry: Entry) -> dict[str, tuple[int, ...]]:
    """The states that are vectors: one number alone counts timesteps."""
    model = entry.model
    return {
        model.qualified(index, state.name): layer.shape(state.name)
        for index, layer in enumerate(model.layers)
        for state in layer.cell.states
        if layer.shape(state.name)
    }


def _nothing(entry: Entry, timesteps: int) -> Array:
    return np.full((timesteps, entry.features), entry.quiet, np.float32)


def _steady(entry: Entry, timesteps: int) -> Array:
    return np.full((timesteps, entry.features), entry.rows - 1 if entry.rows else 0.5, np.float32)


def _anything(entry: Entry, timesteps: int, random: np.random.Generator) -> Array:
    shape = timesteps, entry.features
    if entry.rows:
        return _float(random.integers(0, entry.rows, size=shape))
    return _float(random.normal(size=shape))


def _float(array: Array) -> Array:
    return np.asarray(array, np.float32)


def _shorter(x: Array, least: int = 1) -> tuple[Array, ...]:
    """The input, its first half, and so on."""
    lengths = [len(x)]
    while lengths[-1] // 2 >= least:
        lengths.append(lengths[-1] // 2)
    return tuple(x[:length] for length in lengths)


def _spread(count: int, most: int) -> list[int]:
    """So many of ``count`` places, from the first to the last."""
    return sorted({round(k) for k in np.linspace(0, count - 1, min(count, most))})


_ZEROS = (
    "biases: one is missing, added twice or in another gate's place; or another activation",
    "row 0 of the table, or biases: one is missing, added twice or in another gate's place",
)
_IMPULSE = "feature {k}: its column of the input weights (layout, order of gates or of features)"
_ROW = "row {k} of the table: rows are counted otherwise, or laid out otherwise"
_SHORT = "input weights: features beyond those tried one by one, or how products are summed"
_UNIT = "unit {k}: its column of the recurrent weights (transposed, order of gates or of units)"
_STATE = "initial states: in another order than vectors.json says, or of another layer"
_CONSTANT = "input weights: features beyond those tried one by one"
_RANDOM = "input weights, or states that the case before left behind: each case starts anew"
_LATER = (
    "what is carried: a state is not kept from step to step, is updated twice, or is that of"
    " another timestep or layer"
)
_PADDING = "padding: timesteps of it are read, or change a state; see the case's input"
_LARGE = "large numbers: an activation is approximate, clipped, or overflows"
_LONG = "precision: the error of one step is small and adds up, or a buffer ends"

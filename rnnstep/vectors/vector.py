"""A test vector: an input, initial states, and what a runtime should make of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rnnstep.check.tolerance import Tolerance
from rnnstep.equations import Array


@dataclass(frozen=True)
class Carried:
    """A state, as it stands among all states in one row of numbers.

    Attributes:
        name: what it is after a timestep: ``h_t``, ``lstm/c_t``.
        shape: its axes.
        start: where it begins in the row.
    """

    name: str
    shape: tuple[int, ...]
    start: int

    @property
    def stop(self) -> int:
        """Where it ends in the row."""
        return self.start + math.prod(self.shape)

    def __str__(self) -> str:
        """As people read it: ``h_t 0:4``."""
        return f"{self.name} {self.start}:{self.stop}"


@dataclass(frozen=True, eq=False)
class Vector:
    """One case.

    Attributes:
        name: letters, digits and underscores.
        tells: what it means if this case fails while those before it pass.
        later: what it means if its first timestep is right and a later one is not.
        x: the input, (timesteps, features).
        state: the initial states, (states,).
        expected: the model's output, (timesteps, outputs).
        final: the states after the last timestep, (states,).
        tolerance: how far a correct runtime may be away.
        values: every value, (timesteps, …), by its name, in the order in which they are made;
            empty unless asked for.
    """

    name: str
    tells: str
    later: str
    x: Array
    state: Array
    expected: Array
    final: Array
    tolerance: Tolerance
    values: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Vectors:
    """A set of cases for one model.

    Attributes:
        model: its layers in one line.
        weights: the weight file's name.
        dtype: of the model's values.
        output: the name of the output.
        carried: the states in the order in which a row has them.
        rows: how many rows the table has if the input is the number of a row, else 0.
        vectors: from the simplest on.
        notes: what was left out or cut short, and why.
        seed: of the random numbers.
        backwards: whether a layer runs against time, so that steps alone cannot make the output.
    """

    model: str
    weights: str
    dtype: np.dtype[np.floating]
    output: str
    carried: tuple[Carried, ...]
    rows: int
    vectors: tuple[Vector, ...]
    notes: tuple[str, ...] = ()
    seed: int = 0
    backwards: bool = False

    @property
    def states(self) -> int:
        """How many numbers all states have together."""
        return self.carried[-1].stop if self.carried else 0

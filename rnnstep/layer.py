"""A layer: a cell with the weights that fit it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from rnnstep.arrays import is_mapped
from rnnstep.cells import Cell, Declaration, Equation
from rnnstep.equations import Array, axis_length
from rnnstep.program import Program, Window, load_machine
from rnnstep.record import Record

Values = Mapping[str, Array]

BEFORE, AFTER = "ₜ₋₁", "ₜ₊₁"
"""How a state before the step is written, in time's direction and against it."""


class Link(Record):
    """What a layer reads as one of its inputs.

    Attributes:
        layer: the layer whose output it is; empty for the sequence itself.
        value: another value of that layer instead of its output, such as its mask.
        final: whether it is what the layer ends with, at every timestep, instead of what it
            has at the same timestep.
    """

    layer: str = ""
    value: str = ""
    final: bool = False


class Edited(Record):
    """What a constant beside the weights is, that an edit reads.

    Attributes:
        value: the value that is edited.
        part: of the edit: ``at`` which entries, ``set`` to what, ``scale``, ``noise``.
        text: the edit, as it is typed.
    """

    value: str
    part: str
    text: str


class Layer(Record, eq=False):
    """A cell with its weights.

    Attributes:
        name: unique in its model.
        cell: the equations.
        weights: by the cell's names, all in one dtype, read-only.
        sizes: the length of each of the cell's named axes.
        dtype: of the weights, and so of every value.
        reverse: whether it runs from the last timestep to the first.
        reads: what each of the cell's inputs is; by default the output of the layer before.
        initial: the states before the first timestep that the file has; the others are zeros.
        edits: which of the weights are an edit's constants.
        watched: whether somebody may wait for one timestep of it, as a screen does.
    """

    watched: ClassVar[bool] = True

    name: str
    cell: Cell
    weights: Values
    sizes: Mapping[str, int]
    dtype: np.dtype[Any]
    reverse: bool = False
    reads: tuple[Link, ...] = ()
    initial: Values = MappingProxyType({})
    edits: Mapping[str, Edited] = MappingProxyType({})

    @property
    def input_size(self) -> int:
        """How many features one timestep's input has; 0 if any number will do."""
        return self.takes(self.cell.input)

    def takes(self, declaration: Declaration) -> int:
        """As :attr:`input_size`, of one of the cell's inputs."""
        return self.sizes.get(str(declaration.shape[0]), 0) if declaration.shape else 1

    @property
    def output_size(self) -> int:
        """How many numbers the layer's output has at each timestep; 0 if that is open."""
        return int(np.prod(self.shape(self.cell.output), dtype=int))

    @property
    def summary(self) -> str:
        """``SimpleRNN 2→5 tanh``, and an arrow if it runs backwards in time."""
        sizes = f"{self.cell.name} {self.input_size or 'any'}→{self.output_size or 'any'}"
        functions = dict.fromkeys(self.cell.options.values())
        return " ".join([sizes, *functions, *(["backwards ←"] if self.reverse else [])])

    def reading(self, features: Sequence[int]) -> Layer:
        """The same layer for so many features an input, where its weights leave it open."""
        if all(map(self.takes, self.cell.inputs)) and len(self.weights) == len(self.cell.weights):
            return self
        sizes = dict(self.sizes)
        for declaration, count in zip(self.cell.inputs, features, strict=True):
            if not self.takes(declaration):
                sizes[str(declaration.shape[0])] = count
        weights = {
            d.name: self.weights[d.name] if d.name in self.weights else filled(d, sizes, self.dtype)
            for d in self.cell.weights
        }
        return self.replaced(sizes=MappingProxyType(sizes), weights=MappingProxyType(weights))

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of the axes of a value or weight at one timestep; 0 where that is open."""
        return self._shapes[name]

    @cached_property
    def _shapes(self) -> Mapping[str, tuple[int, ...]]:
        return {
            name: tuple(axis_length(axis, self.sizes) for axis in axes)
            for name, axes in self.cell.shapes.items()
        }

    @cached_property
    def input_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each input at one timestep."""
        return {d.name: self.shape(d.name) for d in self.cell.inputs}

    @cached_property
    def input_dtypes(self) -> Mapping[str, np.dtype[Any]]:
        """The dtype of each input: the layer's, but float32 at least for a row's number.

        float16 has no whole numbers between 2048 and 2050.
        """
        exact = np.promote_types(self.dtype, np.float32)
        return {d.name: self.dtype if d.shape else exact for d in self.cell.inputs}

    @cached_property
    def value_bytes(self) -> int:
        """The bytes of every value of one timestep."""
        entries = sum(math.prod(self.shape(name)) for name in self.cell.values)
        return entries * self.dtype.itemsize

    @cached_property
    def state_bytes(self) -> int:
        """The bytes of what is carried between two timesteps."""
        return sum(array.nbytes for array in self.first_state.values())

    def title(self, name: str) -> str:
        """A value as mathematics; where time runs backwards, what came before is of t + 1."""
        title = self.cell.title(name)
        return title.replace(BEFORE, AFTER) if self.reverse else title

    def mathematics(self, equation: Equation) -> str:
        """The right side of a line as mathematics, see :meth:`title`."""
        text = self.cell.mathematics(equation)
        return text.replace(BEFORE, AFTER) if self.reverse else text

    @cached_property
    def first_state(self) -> Values:
        """The state before the first timestep, unless another is given: the file's, or zeros."""
        states = {}
        for name in (state.name for state in self.cell.states):
            given = np.broadcast_to(self.initial.get(name, 0.0), self.shape(name))
            states[name] = np.array(given, self.dtype)
            states[name].flags.writeable = False
        return MappingProxyType(states)

    def run(self, inputs: Values, states: Mapping[int, Values], fast: bool = False) -> Window:
        """Run the equations over some timesteps.

        Args:
            inputs: what the layer reads, (timesteps, …), by name: ``x_t``.
            states: the state before the first of them, and before each that does not go on from
                the one before it, by name: ``{0: {"h_prev": …}}``.
            fast: on the compiled machine, see :mod:`rnnstep.program.fast`.

        Returns:
            Every value by name, (timesteps, …).
        """
        return self._program.run(inputs, states, fast)

    def carry(self, values: Values) -> dict[str, Array]:
        """The state that ``values`` hand to the next timestep."""
        return {before: values[after] for before, after in self.cell.carried.items()}

    @cached_property
    def recurrent_bytes(self) -> int:
        """The bytes of weights that every timestep reads again."""
        return self._program.recurrent_bytes

    @cached_property
    def seconds(self) -> float:
        """What the recurrence takes for a timestep on NumPy, about."""
        return self._program.seconds

    @cached_property
    def compiled_seconds(self) -> float:
        """What the recurrence takes for a timestep on the compiled machine, about."""
        return self._program.compiled_seconds

    @property
    def on_one_core(self) -> bool:
        """Whether its timesteps leave the interpreter and other cores to others, once it has run.

        So the compiled machine does with a layer that is not shared out among workers.
        """
        return self._program.on_one_core

    def prepare(self) -> None:
        """Load the compiled machine, if it can be had; else the first run on it does."""
        load_machine(self.dtype)

    @cached_property
    def _program(self) -> Program:
        shapes = {name: self.shape(name) for name in self.cell.values}
        return Program(self.cell, self.weights, shapes, self.dtype)


def filled(declaration: Declaration, sizes: Mapping[str, int], dtype: np.dtype[Any]) -> Array:
    """A weight that the file leaves out: its default everywhere."""
    shape = tuple(sizes[str(axis)] for axis in declaration.shape)
    return weight_of(np.full(shape, declaration.default or 0.0), dtype)


def weight_of(array: Array, dtype: np.dtype[Any]) -> Array:
    """An array of its own in the layer's dtype, read-only; a part of a file where it is one."""
    fits = array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned
    if fits and is_mapped(array):
        return np.asarray(array)
    kept = np.array(array, dtype=dtype, order="C")
    kept.flags.writeable = False
    return kept

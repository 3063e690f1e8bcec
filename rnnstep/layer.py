"""A layer: a cell with the weights that fit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstep.cells import Cell, Declaration, Equation
from rnnstep.equations import JOINED, Array, Axis, compile_node, infer
from rnnstep.errors import ExpressionError, InputError, did_you_mean

Values = Mapping[str, Array]

BEFORE, AFTER = "ₜ₋₁", "ₜ₊₁"
"""How a state before the step is written, in time's direction and against it."""


@dataclass(frozen=True)
class Link:
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


@dataclass(frozen=True, eq=False)
class Layer:
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
    """

    name: str
    cell: Cell
    weights: Values
    sizes: Mapping[str, int]
    dtype: np.dtype[Any]
    reverse: bool = False
    reads: tuple[Link, ...] = ()
    initial: Values = field(default_factory=dict)

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
        sizes = dict(self.sizes)
        for declaration, count in zip(self.cell.inputs, features, strict=True):
            if not self.takes(declaration):
                sizes[str(declaration.shape[0])] = count
        weights = {d.name: _filled(d, sizes, self.dtype) for d in self.cell.weights}
        return replace(
            self,
            sizes=MappingProxyType(sizes),
            weights=MappingProxyType({**weights, **self.weights}),
        )

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of the axes of a value or weight at one timestep; 0 where that is open."""
        return tuple(map(self._length, self.cell.shapes[name]))

    @cached_property
    def input_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each input at one timestep."""
        return {d.name: self.shape(d.name) for d in self.cell.inputs}

    def _length(self, axis: Axis) -> int:
        if isinstance(axis, int):
            return axis
        parts = [self.sizes.get(part, 0) for part in axis.split(JOINED)]
        return sum(parts) if all(parts) else 0

    def title(self, name: str) -> str:
        """A value as mathematics; where time runs backwards, what came before is of t + 1."""
        title = self.cell.title(name)
        return title.replace(BEFORE, AFTER) if self.reverse else title

    def mathematics(self, equation: Equation) -> str:
        """The right side of a line as mathematics, see :meth:`title`."""
        text = self.cell.mathematics(equation)
        return text.replace(BEFORE, AFTER) if self.reverse else text

    def zero_state(self) -> dict[str, Array]:
        """The state before the first timestep, unless another is given: the file's, or zeros."""
        return {
            s.name: np.array(self.initial.get(s.name, np.zeros(self.shape(s.name))), self.dtype)
            for s in self.cell.states
        }

    def step(self, inputs: Values, state: Values) -> dict[str, Array]:
        """Run the equations once.

        Args:
            inputs: what the layer reads at this timestep by name: ``x_t``, shape (input,).
            state: the state before it by name, such as ``h_prev``.

        Returns:
            Every value by name, in the order of :attr:`Cell.values`.
        """
        names: dict[str, Any] = {**self.weights, **inputs, **state}
        with np.errstate(all="ignore"):
            for name, compute in self._program:
                names[name] = compute(names)
        return {name: names[name] for name in self.cell.values}

    def carry(self, values: Values) -> dict[str, Array]:
        """The state that ``values`` hand to the next timestep."""
        return {before: values[after] for before, after in self.cell.carried.items()}

    @cached_property
    def _program(self) -> tuple[tuple[str, Callable[[Values], Array]], ...]:
        dtype, shapes = self.dtype, self.cell.shapes

        def typed(compute: Callable[[Values], Any]) -> Callable[[Values], Array]:
            return lambda names: np.asarray(compute(names), dtype)

        return tuple((e.name, typed(compile_node(e.node, shapes))) for e in self.cell.equations)


def build_layer(
    name: str,
    cell: Cell,
    weights: Mapping[str, npt.ArrayLike],
    dtype: npt.DTypeLike | None = None,
    where: str = "",
    reverse: bool = False,
    reads: tuple[Link, ...] = (),
    initial: Values | None = None,
) -> Layer:
    """Fit weights to a cell.

    Args:
        name: the layer's name.
        cell: the equations.
        weights: arrays by the cell's names; those with a default may be absent.
        dtype: of every value; by default the weights' own, float32 for integers.
        where: the file they came from, for errors.
        reverse: whether the layer runs from the last timestep to the first.
        reads: what each input is, see :class:`Layer`.
        initial: states before the first timestep by name, see :class:`Layer`.

    Raises:
        InputError: a weight is missing, left over, or its shape does not fit.
    """
    place = f"{where}: " if where else ""
    arrays = {key: np.asarray(value) for key, value in weights.items()}
    declared = {declaration.name: declaration for declaration in cell.weights}
    for key in arrays:
        if key not in declared:
            hint = did_you_mean(key, declared)
            raise InputError(f"{place}{cell.name} has no weight '{key}'{hint}")
    for key, declaration in declared.items():
        if key not in arrays and declaration.default is None:
            raise InputError(
                f"{place}weight '{key}' of {cell.name} is missing; found: {', '.join(arrays)}"
            )
    sizes = _sizes(cell, arrays, place)
    _check_axes(cell, sizes, place)
    kept = np.dtype(dtype or _common_dtype(arrays.values()))
    known = [d for d in cell.weights if d.name in arrays or sizes.keys() >= set(map(str, d.shape))]
    filled = {
        d.name: _weight(arrays[d.name], kept) if d.name in arrays else _filled(d, sizes, kept)
        for d in known
    }
    layer = Layer(
        name, cell, MappingProxyType(filled), MappingProxyType(sizes), kept, reverse, reads
    )
    return replace(layer, initial=_initial(layer, initial or {}, place))


def _initial(layer: Layer, states: Values, place: str) -> Values:
    """The states that a file has, each of its state's shape."""
    known = {state.name for state in layer.cell.states}
    for name, array in states.items():
        if name not in known:
            raise InputError(f"{place}{layer.cell.name} has no state '{name}'")
        if array.shape != layer.shape(name):
            told = f"has shape {array.shape}, '{layer.name}' takes {layer.shape(name)}"
            raise InputError(f"{place}initial state '{name}' {told}")
    return MappingProxyType(dict(states))


def _check_axes(cell: Cell, sizes: Mapping[str, int], place: str) -> None:
    """Refuse an axis whose length nothing says, and an index beyond one that is known."""
    known = {*sizes, *(axis for d in cell.inputs for axis in map(str, d.shape[:1]))}
    for declaration in (*cell.inputs, *cell.states, *cell.weights):
        for axis in map(str, declaration.shape):
            if axis not in known:
                told = f"no weight says how long the axis '{axis}' of '{declaration.name}' is"
                raise InputError(f"{place}{cell.name}: {told}")
    for equation in cell.equations:
        try:
            infer(equation.node, cell.shapes, sizes)
        except ExpressionError as error:
            line = f"{equation.name} = {equation.text}"
            raise InputError(f"{place}{cell.name}: '{line}': {error.message}") from None


def _common_dtype(arrays: Any) -> np.dtype[Any]:
    floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
    return np.result_type(*floats).newbyteorder("=") if floats else np.dtype(np.float32)


def _sizes(cell: Cell, arrays: Values, place: str) -> dict[str, int]:
    """The length of each named axis; where they disagree, which transpose would mend it."""
    try:
        return _measure(cell, arrays, place)
    except InputError as error:
        hints: list[str] = []
        for name, array in arrays.items():
            if array.ndim == 2 and array.shape[0] != array.shape[1]:
                with suppress(InputError):
                    _measure(cell, {**arrays, name: array.T}, place)
                    hints.append(f"; the transpose of '{name}' would fit")
        raise InputError(f"{error}{''.join(hints[:1])}") from None


def _measure(cell: Cell, arrays: Values, place: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    origin: dict[str, str] = {}
    for declaration in cell.weights:
        array = arrays.get(declaration.name)
        if array is None:
            continue
        fact = f"{place}'{declaration.name}' has shape {array.shape}"
        axes = [str(axis) for axis in declaration.shape]
        if array.ndim != len(axes):
            expected = f"({', '.join(axes)})" if axes else "a single number"
            raise InputError(f"{fact}, but {cell.name} takes {expected}")
        for axis, size in zip(axes, array.shape, strict=True):
            if size == 0:
                raise InputError(f"{fact}: its axis '{axis}' is empty")
            if sizes.setdefault(axis, size) != size:
                told = f"axis '{axis}' is {size} here and {sizes[axis]} in '{origin[axis]}'"
                raise InputError(f"{fact}: {told}")
            origin.setdefault(axis, declaration.name)
    return sizes


def _filled(declaration: Declaration, sizes: Mapping[str, int], dtype: np.dtype[Any]) -> Array:
    """A weight that the file leaves out: its default everywhere."""
    shape = tuple(sizes[str(axis)] for axis in declaration.shape)
    return _weight(np.full(shape, declaration.default or 0.0), dtype)


def _weight(array: Array, dtype: np.dtype[Any]) -> Array:
    kept = np.array(array, dtype=dtype, order="C")
    kept.flags.writeable = False
    return kept

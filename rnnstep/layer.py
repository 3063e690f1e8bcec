"""A layer: a cell with the weights that fit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstep.cells import Cell, Declaration
from rnnstep.equations import Array, compile_node
from rnnstep.errors import InputError, did_you_mean

Values = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Layer:
    """A cell with its weights.

    Attributes:
        name: unique in its model.
        cell: the equations.
        weights: by the cell's names, all in one dtype, read-only.
        sizes: the length of each of the cell's named axes.
    """

    name: str
    cell: Cell
    weights: Values
    sizes: Mapping[str, int]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the weights, and so of every value."""
        return next(iter(self.weights.values())).dtype

    @property
    def input_size(self) -> int:
        """How many features one timestep's input has; 0 if any number will do."""
        return self.sizes.get(str(self.cell.input.shape[0]), 0) if self.cell.input.shape else 1

    @property
    def output_size(self) -> int:
        """How many numbers the layer's output has at each timestep."""
        return int(np.prod(self.shape(self.cell.output), dtype=int))

    def reading(self, features: int) -> Layer:
        """The same layer for so many features, if its weights do not say how many it takes."""
        if self.input_size:
            return self
        axis = str(self.cell.input.shape[0])
        return replace(self, sizes=MappingProxyType({**self.sizes, axis: features}))

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of the axes of a value or weight at one timestep."""
        axes = self.cell.shapes[name]
        return tuple(axis if isinstance(axis, int) else self.sizes[axis] for axis in axes)

    def zero_state(self) -> dict[str, Array]:
        """The state before the first timestep, unless another is given: zeros."""
        return {s.name: np.zeros(self.shape(s.name), self.dtype) for s in self.cell.states}

    def step(self, x_t: Array, state: Values) -> dict[str, Array]:
        """Run the equations once.

        Args:
            x_t: this timestep's input, shape (input,).
            state: the state before it by name, such as ``h_prev``.

        Returns:
            Every value by name, in the order of :attr:`Cell.values`.
        """
        names: dict[str, Any] = {**self.weights, self.cell.input.name: x_t, **state}
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
) -> Layer:
    """Fit weights to a cell.

    Args:
        name: the layer's name.
        cell: the equations.
        weights: arrays by the cell's names; those with a default may be absent.
        dtype: of every value; by default the weights' own, float32 for integers.
        where: the file they came from, for errors.

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
    kept = dtype or _common_dtype(arrays.values())
    filled = {
        key: _weight(declaration, arrays.get(key), sizes, np.dtype(kept))
        for key, declaration in declared.items()
    }
    return Layer(name, cell, MappingProxyType(filled), MappingProxyType(sizes))


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


def _weight(
    declaration: Declaration, array: Array | None, sizes: Mapping[str, int], dtype: np.dtype[Any]
) -> Array:
    if array is None:
        shape = tuple(sizes[str(axis)] for axis in declaration.shape)
        array = np.full(shape, declaration.default, dtype)
    kept = np.array(array, dtype=dtype, order="C")
    kept.flags.writeable = False
    return kept

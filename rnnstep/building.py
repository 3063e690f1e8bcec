"""Weights fitted to a cell: what is missing, left over, or of another shape is refused."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnstep.cells import Cell
from rnnstep.equations import infer
from rnnstep.errors import ExpressionError, InputError, did_you_mean
from rnnstep.layer import Layer, Link, Values, filled, weight_of

if TYPE_CHECKING:
    import numpy.typing as npt


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
    complete = {
        d.name: weight_of(arrays[d.name], kept) if d.name in arrays else filled(d, sizes, kept)
        for d in known
    }
    layer = Layer(
        name, cell, MappingProxyType(complete), MappingProxyType(sizes), kept, reverse, reads
    )
    return layer.replaced(initial=_initial(layer, initial or {}, place))


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

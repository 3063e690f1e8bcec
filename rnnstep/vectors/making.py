"""From cases to vectors: what the model gives, and how far a correct runtime may be from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from rnnstep.check.tolerance import Tolerance, tolerance_for
from rnnstep.engine import initial_state
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.layer import Layer, Values
from rnnstep.model import Model
from rnnstep.run import Run
from rnnstep.vectors.cases import SEED, Proposal, proposals
from rnnstep.vectors.entry import entry_of
from rnnstep.vectors.vector import Carried, Vector, Vectors

_WIDER: dict[int, np.dtype[Any]] = {
    2: np.dtype(np.float64),
    4: np.dtype(np.float64),
    8: np.dtype(np.longdouble),
}
"""The dtype in which rounding is measured, by the bytes of the model's own."""
_RUNTIMES = 4
"""How many times our own rounding is allowed to another runtime: both round, and differently."""
_MOST = 10
"""How many times the usual tolerance a case may need, before a milder one is tried."""


def make_vectors(model: Model, *, seed: int = SEED, all_values: bool = False) -> Vectors:
    """Make the test vectors of a model; the same ones each time.

    Args:
        model: the layers.
        seed: of the random numbers.
        all_values: whether every value of every layer is expected, not only the output.

    Raises:
        InputError: no number of features fits its layers, or it gives NaN in every case.
    """
    entry = entry_of(model)
    made = _Maker(entry.model, all_values)
    vectors = tuple(vector for each in proposals(entry, seed) if (vector := made.vector(each)))
    if not vectors:
        raise InputError(f"{model.path}: gives NaN or infinity in every case: see rnnstep inspect")
    return Vectors(
        model=", ".join(layer.summary for layer in entry.model.layers),
        weights=model.path.name if model.path else "",
        dtype=entry.model.dtype,
        output=entry.model.qualified(len(model.layers) - 1, model.layers[-1].cell.output),
        carried=made.carried,
        rows=entry.rows,
        vectors=vectors,
        notes=tuple(made.notes),
        seed=seed,
        backwards=len(entry.model.sweeps) > 1 or entry.model.layers[0].reverse,
    )


class _Maker:
    """A model, and the same in a wider dtype, on which rounding is measured."""

    def __init__(self, model: Model, all_values: bool) -> None:
        self.model, self.all_values = model, all_values
        self.wide = model.replaced(layers=tuple(map(_widened, model.layers)))
        self.usual = tolerance_for(model.dtype)
        self.carried = tuple(_carried(model))
        self.notes: list[str] = []

    def vector(self, case: Proposal) -> Vector | None:
        """The first attempt in which rounding stays small; none if no attempt is finite."""
        for x in case.attempts:
            vector = self.attempt(case, x)
            settled = vector and vector.tolerance.absolute <= _MOST * self.usual.absolute
            if vector and (settled or len(x) == 1):
                if x is not case.attempts[0]:
                    made = f"{len(x)} timesteps, numbers up to {np.abs(x).max():g}"
                    self.notes.append(f"{case.name}: {made}: beyond that rounding takes over")
                return vector
        self.notes.append(f"{case.name}: left out: NaN, infinity, or nothing but rounding")
        return None

    def attempt(self, case: Proposal, x: Array) -> Vector | None:
        start = initial_state(self.model, case.state)
        run, wide = (
            Run(self.model, x, start),
            Run(self.wide, x, initial_state(self.wide, case.state)),
        )
        expected, final = _output(run), _final(run)
        given = np.concatenate([expected.reshape(-1), final])
        exact = np.concatenate([_output(wide).reshape(-1), _final(wide)])
        if not (np.isfinite(given).all() and np.isfinite(exact).all()):
            return None
        return Vector(
            case.name,
            case.tells,
            case.later or case.tells,
            x,
            _row(self.model, start),
            expected,
            final,
            self.tolerance(given, exact),
            dict(self.values(run)) if self.all_values else {},
        )

    def values(self, run: Run) -> Iterator[tuple[str, Array]]:
        """Every value by its name, (timesteps, …)."""
        for name, place in self.model.value_names.items():
            yield name, run.series(*place, range(len(run.xs)))

    def tolerance(self, given: Array, exact: Array) -> Tolerance:
        """The usual tolerance, or more where the model itself makes rounding grow."""
        rounding = _RUNTIMES * np.abs(given - exact) - self.usual.relative * np.abs(exact)
        absolute = max(self.usual.absolute, float(rounding.max(initial=0.0)))
        return replace(self.usual, absolute=float(f"{absolute:.2g}"))


def _carried(model: Model) -> Iterator[Carried]:
    start = 0
    for index, layer in enumerate(model.layers):
        for before, after in layer.cell.carried.items():
            one = Carried(model.qualified(index, after), layer.shape(before), start)
            start = one.stop
            yield one


def _output(run: Run) -> Array:
    last = len(run.model.layers) - 1
    output = run.model.layers[last].cell.output
    return run.series(last, output, range(len(run.xs))).reshape(len(run.xs), -1)


def _final(run: Run) -> Array:
    """The states after the last timestep, of a layer against time after the first."""
    states = []
    for index, layer in enumerate(run.model.layers):
        t = 0 if layer.reverse else len(run.xs) - 1
        states.append(layer.carry(run.values(t)[index]))
    return _row(run.model, states)


def _row(model: Model, states: Any) -> Array:
    """All states in one row, (states,)."""
    parts = [
        np.reshape(state[before], -1)
        for layer, state in zip(model.layers, states, strict=True)
        for before in layer.cell.carried
    ]
    return np.concatenate([np.zeros(0, model.dtype), *parts])


def _widened(layer: Layer) -> Layer:
    dtype: np.dtype[Any] = _WIDER.get(layer.dtype.itemsize, layer.dtype)
    weights, initial = _as(layer.weights, dtype), _as(layer.initial, dtype)
    return layer.replaced(dtype=dtype, weights=weights, initial=initial)


def _as(arrays: Values, dtype: np.dtype[Any]) -> Mapping[str, Array]:
    return MappingProxyType({name: array.astype(dtype) for name, array in arrays.items()})

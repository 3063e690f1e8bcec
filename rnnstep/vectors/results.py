"""What the other runtime gave: lines ``case t value…``, or arrays by case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnnstep.check.texts import decimals_of, read_text
from rnnstep.equations import Array
from rnnstep.errors import InputError, did_you_mean
from rnnstep.vectors.vector import Vector, Vectors
from rnnstep.weights.files import read_tensors

FINAL = "state"
"""The word in place of a timestep, and behind a case, for the states after the last one."""

_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, eq=False)
class Results:
    """Numbers of another runtime.

    Attributes:
        outputs: by case, for each timestep that it gave a row of outputs.
        finals: by case, the states after the last timestep.
        values: by case, other values by the model's names, (timesteps, …).
        decimals: how many digits stand behind the point, if they were written as text.
    """

    outputs: dict[str, dict[int, Array]] = field(default_factory=dict)
    finals: dict[str, Array] = field(default_factory=dict)
    values: dict[str, dict[str, Array]] = field(default_factory=dict)
    decimals: int | None = None


def read_results(path: Path, vectors: Vectors) -> Results:
    """Read what another runtime gave.

    Args:
        path: npz or safetensors: ``CASE`` (timesteps, outputs), ``CASE/state`` (states,) and
            ``CASE/NAME`` for other values; any other file is text as the harness prints it, one
            line a timestep: ``CASE T VALUE…``, or ``CASE state VALUE…``, with blanks or commas.
        vectors: what it was asked for.

    Raises:
        InputError: in one line, what is wrong in which line.
    """
    if path.suffix.lower() in (".npz", ".safetensors"):
        return _from_arrays(path, vectors)
    return _from_text(path, vectors)


def _from_text(path: Path, vectors: Vectors) -> Results:
    known = {vector.name: vector for vector in vectors.vectors}
    written: list[str] = []
    found = Results()
    for number, line in enumerate(read_text(path).splitlines(), 1):
        words = [word for word in _BETWEEN.split(line) if word]
        if not words or words[0].startswith("#") or words[:2] == ["case", "t"]:
            continue
        where = f"{path}: line {number}"
        name, *rest = words
        if name not in known:
            raise InputError(f"{where}: no case '{name[:40]}'{did_you_mean(name, known)}")
        if not rest:
            raise InputError(f"{where}: has a case alone: write {name} T VALUE…")
        _enter(found, where, known[name], rest[0], _numbers(where, rest[1:]))
        written += rest[1:]
    if not (found.outputs or found.finals):
        raise InputError(f"{path}: has no line CASE T VALUE…, such as the harness prints")
    return Results(found.outputs, found.finals, found.values, decimals_of(written))


def _numbers(where: str, words: list[str]) -> Array:
    try:
        return np.array([float(word) for word in words])
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None


def _enter(found: Results, where: str, vector: Vector, place: str, row: Array) -> None:
    """One line, to where it belongs; the same timestep twice is a mistake."""
    if place == FINAL:
        _expect(where, row, len(vector.final), "states")
        if vector.name in found.finals:
            raise InputError(f"{where}: {vector.name} {FINAL} is there twice")
        found.finals[vector.name] = row
        return
    steps = len(vector.expected)
    if not place.isdecimal() or int(place) >= steps:
        known = f"{vector.name} has 0 to {steps - 1}, or {FINAL}"
        raise InputError(f"{where}: '{place[:20]}' is no timestep: {known}")
    _expect(where, row, vector.expected.shape[1], "outputs")
    rows = found.outputs.setdefault(vector.name, {})
    if int(place) in rows:
        raise InputError(f"{where}: {vector.name} {place} is there twice")
    rows[int(place)] = row


def _expect(where: str, row: Array, count: int, what: str) -> None:
    if len(row) != count:
        raise InputError(f"{where}: has {len(row)} {what}, the model {count}")


def _from_arrays(path: Path, vectors: Vectors) -> Results:
    known = {vector.name: vector for vector in vectors.vectors}
    found = Results()
    for key, array in read_tensors(path).tensors.items():
        name, _, value = key.partition("/")
        where = f"{path}: '{key}'"
        if name not in known:
            raise InputError(f"{where} is no case{did_you_mean(name, known)}")
        _ENTERING.get(value, _enter_value)(found, where, known[name], value, array)
    return found


def _enter_outputs(found: Results, where: str, vector: Vector, _: str, array: Array) -> None:
    wanted = vector.expected.shape
    if array.ndim == 0 or array.size != len(array) * wanted[1] or len(array) > wanted[0]:
        raise InputError(f"{where} has shape {array.shape}, the case {wanted}")
    found.outputs[vector.name] = dict(enumerate(array.reshape(len(array), -1)))


def _enter_final(found: Results, where: str, vector: Vector, _: str, array: Array) -> None:
    _expect(where, array.reshape(-1), len(vector.final), "states")
    found.finals[vector.name] = array.reshape(-1)


def _enter_value(found: Results, where: str, vector: Vector, name: str, array: Array) -> None:
    if name not in vector.values:
        hint = did_you_mean(name, vector.values) or "; make the vectors with --all-values"
        raise InputError(f"{where} is no expected value{hint}")
    wanted = vector.values[name].shape
    if array.shape != wanted:
        raise InputError(f"{where} has shape {array.shape}, the case {wanted}")
    found.values.setdefault(vector.name, {})[name] = array


_ENTERING: Mapping[str, Callable[[Results, str, Vector, str, Array], None]] = {
    "": _enter_outputs,
    FINAL: _enter_final,
}

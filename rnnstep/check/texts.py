"""References written as text: csv and json, with the number of digits they were written with."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.arrays import open_binary
from rnnstep.equations import Array
from rnnstep.errors import InputError

Places = tuple[int, ...]

_COLUMN = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<places>\d+(\s*,\s*\d+)*)\])?")
_DECIMALS = re.compile(r"[-+]?\d*\.(?P<digits>\d+)")
_NUMBERS = {"nan": np.nan, "infinity": np.inf, "-infinity": -np.inf, "inf": np.inf}


@dataclass(frozen=True, eq=False)
class TextFile:
    """Arrays that were written as text.

    Attributes:
        arrays: by name; the empty name is that of an array without one.
        times: the timesteps of the rows, if the file says them.
        decimals: the most digits behind a point; ``None`` if a number is written otherwise.
    """

    arrays: Mapping[str, Array]
    times: Array | None = None
    decimals: int | None = None


def read_csv(path: Path) -> TextFile:
    """Read a csv file: a header ``t,h_t[0],h_t[1]`` as a trace has it, or numbers alone.

    Rows before timestep 0, and cells without a number, are left out.

    Raises:
        InputError: a line that has no numbers, or other columns than the first.
    """
    rows = [row for row in csv.reader(_text(path).splitlines()) if any(map(str.strip, row))]
    if not rows:
        raise InputError(f"{path}: holds no numbers")
    header = rows[0] if not all(_is_number(cell) for cell in rows[0]) else []
    body = rows[1:] if header else rows
    table = np.empty((len(body), len(rows[0])))
    for line, row in enumerate(body):
        if len(row) != table.shape[1]:
            told = f"{len(row)} columns, the first line has {table.shape[1]}"
            raise InputError(f"{path}: row {line + 1 + bool(header)} has {told}")
        for column, cell in enumerate(row):
            if cell.strip() and not _is_number(cell):
                raise InputError(
                    f"{path}: row {line + 1 + bool(header)}: '{cell[:20]}' is no number"
                )
            table[line, column] = _number(cell) if cell.strip() else np.nan
    decimals = _decimals(cell for row in body for cell in row)
    if not header:
        return TextFile({"": table}, None, decimals)
    return _named(path, header, table, decimals)


def _named(path: Path, header: list[str], table: Array, decimals: int | None) -> TextFile:
    times: Array | None = None
    columns: dict[str, dict[Places, Array]] = {}
    for column, title in enumerate(header):
        found = _COLUMN.fullmatch(title.strip())
        if found is None:
            raise InputError(f"{path}: '{title[:40]}' is no name of a column: write h_t[0]")
        if found["name"] == "t" and not found["places"]:
            times = table[:, column]
            continue
        places = tuple(map(int, (found["places"] or "").split(","))) if found["places"] else ()
        columns.setdefault(found["name"], {})[places] = table[:, column]
    kept = np.ones(len(table), bool) if times is None else times >= 0
    arrays = {name: _assembled(path, name, cells)[kept] for name, cells in columns.items()}
    return TextFile(arrays, None if times is None else times[kept].astype(int), decimals)


def _assembled(path: Path, name: str, cells: Mapping[Places, Array]) -> Array:
    """The columns of one value as one array, (rows, …)."""
    axes = {len(places) for places in cells}
    shape = tuple(max(axis) + 1 for axis in zip(*cells, strict=False))
    if len(axes) > 1 or np.prod(shape, dtype=int) != len(cells):
        raise InputError(f"{path}: of {name} some columns are missing: it has {len(cells)}")
    rows = len(next(iter(cells.values())))
    flat = np.empty((rows, len(cells)))
    for number, places in enumerate(sorted(cells)):
        flat[:, number] = cells[places]
    return flat.reshape(rows, *shape)


def read_json(path: Path) -> TextFile:
    """Read a json file: an object of lists by name, as a trace has it, or one list.

    Raises:
        InputError: it is no json, or holds something else than lists of numbers.
    """
    written: list[str] = []

    def number(text: str) -> float:
        written.append(text)
        return float(text)

    try:
        data = json.loads(_text(path), parse_float=number)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no json: {error}") from None
    named = data if isinstance(data, dict) else {"": data}
    arrays = {str(name): _array(path, str(name), value) for name, value in named.items()}
    times = arrays.pop("t", None)
    return TextFile(arrays, None if times is None else times.astype(int), _decimals(written))


def _array(path: Path, name: str, value: Any) -> Array:
    try:
        array = np.array(_numbers(value), np.float64)
    except (TypeError, ValueError, RecursionError):
        raise InputError(f"{path}: {name or 'it'} holds something else than numbers") from None
    return array


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(entry) for entry in value]
    if isinstance(value, str):
        return _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def _text(path: Path) -> str:
    with open_binary(path) as file:
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{path}: no text in UTF-8") from None


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> float:
    text = cell.strip().lower()
    return _NUMBERS[text] if text in _NUMBERS else float(text)


def _decimals(cells: Any) -> int | None:
    """The most digits behind a point; none if a number has an exponent, or none has a point."""
    most = 0
    for cell in cells:
        text = cell.strip()
        found = _DECIMALS.fullmatch(text)
        if found is not None:
            most = max(most, len(found["digits"]))
        elif "e" in text.lower() and text.lower() not in _NUMBERS:
            return None
    return most or None

"""Cells by name: the listings beside this file, or a path to a listing of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rnnstep.arrays import exists, open_binary
from rnnstep.cells.cell import Cell
from rnnstep.errors import InputError, UnknownNameError, did_you_mean
from rnnstep.notes import printable

_FOLDER = Path(__file__).parent
_LARGEST_LISTING = 100_000

ORDER = ("SimpleRNN", "LSTM", "GRU", "Dense")
"""The cells that people look for first; the others follow by name."""


@cache
def cell_names() -> tuple[str, ...]:
    """The names of the built-in cells, the best known first."""
    names = sorted(path.stem for path in _FOLDER.iterdir() if path.suffix == ".txt")
    return (*ORDER, *(name for name in names if name not in ORDER))


def load_cell(
    name: str | Path,
    options: Mapping[str, str] | None = None,
    hold_at_padding: bool = False,
    changes: Sequence[Callable[[str], str]] = (),
) -> Cell:
    """Build a cell.

    Args:
        name: a built-in cell's name in any case, or the path of a listing.
        options: functions for its options, such as ``{"activation": "relu"}``.
        hold_at_padding: whether it reads a mask, and holds its states where that is 0.
        changes: made to the listing before it is read, see :mod:`rnnstep.cells.variants`.

    Raises:
        UnknownNameError: no built-in cell and no file has this name.
        ExpressionError: a mistake in the listing, with file, line and column.
        InputError: the file cannot be read.
    """
    said = str(name)
    made = tuple(changes)
    if hold_at_padding:
        from rnnstep.cells.variants import masked

        made = (*made, masked)
    inputs = 1 + hold_at_padding
    builtin = {known.lower(): known for known in cell_names()}.get(said.lower())
    if builtin is not None:
        if not made:
            listed = _as_listed(builtin, ())
            given = (options or {}).items()
            # a file may say what the listing says, too
            return listed if given <= listed.options.items() else _as_listed(builtin, tuple(given))
        return Cell.from_text(_changed(_listing(builtin), made), builtin, builtin, options, 2)
    path = Path(name)
    if path.suffix or len(path.parts) > 1 or exists(path):
        text = _changed(_read(path), made)
        return Cell.from_text(text, printable(path.stem), str(path), options, inputs)
    hint = did_you_mean(said, cell_names())
    raise UnknownNameError(f"unknown cell '{said}'{hint} (or the path of a cell file)")


@cache
def _as_listed(name: str, options: tuple[tuple[str, str], ...]) -> Cell:
    """A built-in cell, read once: a file names each of its cells several times."""
    return Cell.from_text(_listing(name), name, name, dict(options), 2)


def _listing(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text("utf-8")


def _changed(text: str, changes: Sequence[Callable[[str], str]]) -> str:
    for change in changes:
        text = change(text)
    return text


def _read(path: Path) -> str:
    if not exists(path):
        raise InputError(f"{path}: cannot read the cell file: No such file or directory")
    with open_binary(path, empty=True) as file:
        data = file.read(_LARGEST_LISTING + 1)
    if len(data) > _LARGEST_LISTING:
        raise InputError(f"{path}: a cell file has at most {_LARGEST_LISTING} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file: a cell is written in UTF-8") from None

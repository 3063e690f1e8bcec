"""A folder of vectors, written whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from rnnstep.arrays import exists
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.vectorfiles.header import c_header
from rnnstep.vectorfiles.tensors import write_tensors
from rnnstep.vectors import MANIFEST, Vector, Vectors, as_manifest, is_vectors
from rnnstep.vectors.manifest import ARRAYS, arrays_of
from rnnstep.weights.files import TensorFile

HEADER, HARNESS, WEIGHTS = "vectors.h", "harness.c", "one_hot.npz"
_OF_A_CASE = re.compile(rf"(\w+)\.(({'|'.join(ARRAYS)})\.(npy|csv)|values\.npz)", re.ASCII)


def write_vectors(
    vectors: Vectors, folder: Path, force: bool = False, weights: TensorFile | None = None
) -> list[str]:
    """Write vectors to a folder: npy, csv, ``vectors.h``, ``harness.c`` and ``vectors.json``.

    Args:
        vectors: the cases.
        folder: a folder that does not exist yet or is empty.
        force: whether a folder of vectors may be written anew; ``harness.c`` and what is no file
            of vectors stay as they are.
        weights: the weights that the vectors are about, if the runtime has to load them first:
            they are written to ``one_hot.npz``.

    Returns:
        The names of the files.

    Raises:
        InputError: the folder has something else in it, or cannot be written.
    """
    _check(folder, force)
    if weights is not None:
        vectors = replace(vectors, weights=WEIGHTS)
    try:
        with _beside(folder) as new:
            _write(vectors, new)
            if weights is not None:
                write_tensors(weights, new / WEIGHTS)
            written = sorted(path.name for path in new.iterdir())
            if folder.is_dir():
                _renew(folder, new)
            else:
                new.replace(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return written


def _check(folder: Path, force: bool) -> None:
    if "\0" in str(folder):
        raise InputError(f"{folder}: cannot be written: no folder has a NUL in its name")
    if not exists(folder):
        return
    if not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder that does not exist yet")
    try:
        empty = not any(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror or error}") from None
    if empty or (force and is_vectors(folder)):
        return
    if is_vectors(folder):
        raise InputError(f"{folder}: has vectors already: say --force to write them anew")
    raise InputError(f"{folder}: has other files in it; name a folder that does not exist yet")


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` or in it, gone afterwards unless it has taken its place."""
    # of an existing folder the parent may be another file system, or a link away
    place = folder if folder.is_dir() else folder.parent
    new = Path(tempfile.mkdtemp(dir=place, prefix=".rnnstep.", suffix=".part"))
    try:
        # a new folder is the user's alone; this one is to be as any other
        mask = os.umask(0)
        os.umask(mask)
        new.chmod(0o777 & ~mask)
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _renew(folder: Path, new: Path) -> None:
    """Replace the files of vectors; the manifest is away while they are of two kinds.

    A harness may have the user's own lines by now; of what is no case of theirs nothing is removed.
    """
    cases = _cases(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    for path in folder.iterdir():
        found = _OF_A_CASE.fullmatch(path.name)
        if found is not None and found[1] in cases and path.is_file():
            path.unlink()
    for path in sorted(new.iterdir(), key=lambda path: path.name == MANIFEST):
        if path.name != HARNESS or not exists(folder / HARNESS):
            path.replace(folder / path.name)


def _cases(folder: Path) -> set[str]:
    """The names of the cases that a folder has now, as far as its manifest can be read."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(case["name"]) for case in said["cases"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _write(vectors: Vectors, folder: Path) -> None:
    for vector in vectors.vectors:
        _write_case(vectors, vector, folder)
    (folder / HEADER).write_text(c_header(vectors), encoding="ascii")
    (folder / HARNESS).write_text(files(__package__).joinpath(HARNESS).read_text(encoding="ascii"))
    text = json.dumps(as_manifest(vectors), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def _write_case(vectors: Vectors, vector: Vector, folder: Path) -> None:
    for key, array in arrays_of(vector).items():
        np.save(folder / f"{vector.name}.{key}.npy", array)
    rows = {"x": ("x_t", vector.x), "expected": (vectors.output, vector.expected)}
    for key, (name, array) in rows.items():
        titles = ["t", *(f"{name}[{unit}]" for unit in range(array.shape[1]))]
        body = ([str(t), *_texts(row)] for t, row in enumerate(array))
        _write_csv(folder / f"{vector.name}.{key}.csv", titles, body)
    titles = [
        f"{one.name}[{unit}]" for one in vectors.carried for unit in _units(one.start, one.stop)
    ]
    for key in ("state", "final"):
        row = _texts(getattr(vector, key))
        _write_csv(folder / f"{vector.name}.{key}.csv", titles, iter([row] if row else []))
    if vector.values:
        np.savez(folder / f"{vector.name}.values.npz", **dict(vector.values))  # type: ignore[arg-type]


def _units(start: int, stop: int) -> range:
    return range(stop - start)


def _texts(row: Array) -> list[str]:
    return [repr(float(number)) for number in row]


def _write_csv(path: Path, titles: list[str], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(rows)

"""The folder of vectors: what its manifest says, and reading it again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep import __version__
from rnnstep.arrays import exists, native, open_binary, read_npy
from rnnstep.check.tolerance import Tolerance
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.vectors.vector import Carried, Vector, Vectors
from rnnstep.weights.files import read_tensors

MANIFEST = "vectors.json"
FORMAT = 1
"""The version of the folder's layout."""
ARRAYS = ("x", "state", "expected", "final")
"""What a case has as npy and csv: ``CASE.x.npy``."""
_CASE = re.compile(r"[A-Za-z]\w*", re.ASCII)


def as_manifest(vectors: Vectors) -> dict[str, Any]:
    """What ``vectors.json`` holds."""
    return {
        "format": FORMAT,
        "rnnstep": __version__,
        "weights": vectors.weights,
        "model": vectors.model,
        "dtype": vectors.dtype.name,
        "seed": vectors.seed,
        "input": f"numbers of rows, 0 to {vectors.rows - 1}" if vectors.rows else "features",
        "rows": vectors.rows,
        "output": vectors.output,
        "backwards": vectors.backwards,
        "states": [{"name": one.name, "shape": list(one.shape)} for one in vectors.carried],
        "notes": list(vectors.notes),
        "cases": [
            {
                "name": vector.name,
                "tells": vector.tells,
                "later": vector.later,
                "shapes": {key: list(array.shape) for key, array in arrays_of(vector).items()},
                "absolute": vector.tolerance.absolute,
                "relative": vector.tolerance.relative,
                "values": list(vector.values),
            }
            for vector in vectors.vectors
        ],
    }


def arrays_of(vector: Vector) -> dict[str, Array]:
    """A case's arrays by the part of their files' names."""
    return {key: getattr(vector, key) for key in ARRAYS}


def is_vectors(folder: Path) -> bool:
    """Whether a folder is one that :func:`read_vectors` reads."""
    return (folder / MANIFEST).is_file()


def read_vectors(folder: Path) -> Vectors:
    """Read a folder of vectors.

    Raises:
        InputError: it is none, or a file of it is missing, damaged or of another shape.
    """
    path = folder / MANIFEST
    if folder.is_file():
        raise InputError(f"{folder}: is no folder of test vectors; --got is about one")
    if not exists(folder):
        raise InputError(f"{folder}: no such folder")
    if not exists(path):
        raise InputError(
            f"{folder}: has no {MANIFEST}: make it with rnnstep vectors WEIGHTS -o DIR"
        )
    with open_binary(path) as file:
        try:
            said = json.loads(file.read().decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: no json: {error}") from None
    try:
        if said["format"] != FORMAT:
            raise InputError(f"{path}: format {said['format']}; this rnnstep reads {FORMAT}")
        return _vectors(folder, said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: damaged: {type(error).__name__} {error}") from None


def _vectors(folder: Path, said: Mapping[str, Any]) -> Vectors:
    dtype = np.dtype(str(said["dtype"]))
    carried = tuple(_carried(said["states"]))
    vectors = tuple(_vector(folder, case, dtype) for case in said["cases"])
    states = carried[-1].stop if carried else 0
    if not vectors or any(len(vector.final) != states for vector in vectors):
        raise ValueError(f"has {len(vectors)} cases, of {states} states")
    return Vectors(
        str(said["model"]),
        str(said["weights"]),
        dtype,
        str(said["output"]),
        carried,
        int(said["rows"]),
        vectors,
        tuple(map(str, said["notes"])),
        int(said["seed"]),
        bool(said["backwards"]),
    )


def _carried(states: Any) -> Iterator[Carried]:
    start = 0
    for state in states:
        one = Carried(str(state["name"]), tuple(int(axis) for axis in state["shape"]), start)
        start = one.stop
        yield one


def _vector(folder: Path, case: Mapping[str, Any], dtype: np.dtype[Any]) -> Vector:
    name = str(case["name"])
    # the name becomes that of files
    if not _CASE.fullmatch(name):
        raise ValueError(f"'{name[:20]}' is no name of a case")
    arrays = {key: _array(folder / f"{name}.{key}.npy", case["shapes"][key]) for key in ARRAYS}
    values: dict[str, Array] = {}
    if case["values"]:
        tensors = read_tensors(folder / f"{name}.values.npz").tensors
        values = {str(value): tensors[value] for value in case["values"]}
    steps = len(arrays["x"])
    axes = {key: array.ndim for key, array in arrays.items()}
    if axes != {"x": 2, "state": 1, "expected": 2, "final": 1} or any(
        len(array) != steps for array in (arrays["expected"], *values.values())
    ):
        raise ValueError(f"the arrays of {name} do not belong together")
    if not (0 <= case["absolute"] < math.inf and 0 <= case["relative"] < math.inf):
        raise ValueError(f"the tolerance of {name} is no number from 0 up")
    tolerance = Tolerance(float(case["absolute"]), float(case["relative"]), None, dtype)
    return Vector(
        name,
        str(case["tells"]),
        str(case["later"]),
        arrays["x"],
        arrays["state"],
        arrays["expected"],
        arrays["final"],
        tolerance,
        values,
    )


def _array(path: Path, shape: Any) -> Array:
    array = native(read_npy(path))
    if array.shape != tuple(shape):
        raise InputError(f"{path}: has shape {array.shape}, {MANIFEST} says {tuple(shape)}")
    return array

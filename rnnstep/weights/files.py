"""Weight files: which reader opens which, and which file lies beside a sequence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnstep.arrays import exists
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import printable


@dataclass(frozen=True, eq=False)
class TensorFile:
    """What a weight file holds, before it is understood.

    Attributes:
        path: the file.
        tensors: every array by the name it has in the file.
        config: the description of the layers, as JSON text, if the file carries one.
    """

    path: Path
    tensors: Mapping[str, Array] = field(default_factory=dict)
    config: str = ""


def read_tensors(path: Path) -> TensorFile:
    """Open a weight file of any known format.

    Raises:
        InputError: an unknown format, or a file that its reader cannot use.
    """
    reader = readers().get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(readers())
        raise InputError(f"{path}: unknown kind of weight file; known: {kinds}")
    return _printable(reader(path))


def _printable(file: TensorFile) -> TensorFile:
    """The same, without names that would drive the terminal; names become layers' titles."""
    tensors = {printable(name): tensor for name, tensor in file.tensors.items()}
    if len(tensors) < len(file.tensors):
        raise InputError(f"{file.path}: names of tensors differ in control characters alone")
    try:
        config = json.dumps(_printable_texts(json.loads(file.config))) if file.config else ""
    except (ValueError, RecursionError):
        config = file.config  # refused by who reads it
    return TensorFile(file.path, tensors, config)


def _printable_texts(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case list():
            return [_printable_texts(entry) for entry in value]
        case dict():
            return {printable(key): _printable_texts(entry) for key, entry in value.items()}
    return value


def readers() -> Mapping[str, Callable[[Path], TensorFile]]:
    """The readers by file ending."""
    from rnnstep.weights.npz import read_npz
    from rnnstep.weights.safetensors import read_safetensors

    return {".npz": read_npz, ".safetensors": read_safetensors}


def find_weights(sequence: Path) -> Path | None:
    """The weights beside a sequence: ``seq.weights.*``, else ``weights.*``."""
    for stem in (f"{sequence.stem}.weights", "weights"):
        for ending in readers():
            path = sequence.with_name(stem + ending)
            if exists(path) and path.is_file():
                return path
    return None

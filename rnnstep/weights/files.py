"""Weight files: which reader opens which, and which file lies beside a sequence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rnnstep.arrays import exists
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.record import Record
from rnnstep.weights.plan import Blueprint
from rnnstep.weights.request import Request


class TensorFile(Record):
    """What a weight file holds, before it is understood.

    Attributes:
        path: the file.
        tensors: every array by the name it has in the file.
        config: rnnstep's own description of the layers, as JSON text, if the file carries one.
        blueprint: describes the model, for a format that says itself which layers it has.
        ordered: whether the tensors come in the order in which the layers were made.
    """

    path: Path
    tensors: Mapping[str, Array] = MappingProxyType({})
    config: str = ""
    blueprint: Callable[[Request], Blueprint] | None = None
    ordered: bool = True


def read_tensors(path: Path) -> TensorFile:
    """Open a weight file of any known format.

    Raises:
        InputError: an unknown format, or a file that its reader cannot use.
    """
    if path.is_dir():
        return _printable(_reader(FOLDER)(path))
    ending = next((end for end in ENDINGS if path.name.lower().endswith(end)), "")
    if not ending:
        kinds = ", ".join(ENDINGS)
        raise InputError(f"{path}: unknown kind of weight file; known: {kinds}, a folder of npy")
    return _printable(_reader(ENDINGS[ending])(path))


def _printable(file: TensorFile) -> TensorFile:
    """The same, without names that would drive the terminal; names become layers' titles."""
    tensors = {printable(name): tensor for name, tensor in file.tensors.items()}
    if len(tensors) < len(file.tensors):
        raise InputError(f"{file.path}: names of tensors differ in control characters alone")
    try:
        config = json.dumps(_printable_texts(json.loads(file.config))) if file.config else ""
    except (ValueError, RecursionError):
        config = file.config  # refused by who reads it
    return file.replaced(tensors=tensors, config=config)


def _printable_texts(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case list():
            return [_printable_texts(entry) for entry in value]
        case dict():
            return {printable(key): _printable_texts(entry) for key, entry in value.items()}
    return value


FOLDER = "folder"

ENDINGS = {
    ".npz": "npz",
    ".safetensors": "safetensors",
    ".keras": "keras",
    ".h5": "keras",
    ".hdf5": "keras",
    ".onnx": "onnx",
    ".pt": "torch",
    ".pth": "torch",
    ".pth.tar": "torch",
    ".ckpt": "torch",
    ".bin": "torch",
    ".jit": "torch",
    ".ts": "torch",
}
"""The reader of each file ending: the module beside this one whose ``read`` it is."""


def _reader(name: str) -> Callable[[Path], TensorFile]:
    reader: Callable[[Path], TensorFile] = import_module(f"rnnstep.weights.{name}").read
    return reader


def find_weights(sequence: Path) -> Path | None:
    """The weights beside a sequence: ``seq.weights.*``, else ``weights.*``."""
    for stem in (f"{sequence.stem}.weights", "weights"):
        for ending in ENDINGS:
            path = sequence.with_name(stem + ending)
            if exists(path) and path.is_file():
                return path
    return None

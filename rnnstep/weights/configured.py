"""Layers from a file that describes them itself: the JSON that rnnstep's own samples carry."""

from __future__ import annotations

import json
from typing import Any

from rnnstep.cells import load_cell
from rnnstep.errors import InputError
from rnnstep.layer import Layer, build_layer
from rnnstep.notes import Note
from rnnstep.weights.conventions import CONVENTIONS, by_role, to_cell_weights
from rnnstep.weights.files import TensorFile
from rnnstep.weights.recognise import Request


def configured_layers(file: TensorFile, request: Request) -> tuple[list[Layer], list[Note]]:
    """The layers that the file's ``model`` text lists: name, cell and the cell's options.

    Raises:
        InputError: not JSON of that form, or tensors that do not fit it.
    """
    entries = _entries(file)
    layers, used = [], set()
    for entry in entries:
        settings = dict(entry)
        name, cell_name = settings.pop("name"), settings.pop("cell")
        prefix = f"{name}/" if len(entries) > 1 else ""
        tensors = {
            key.removeprefix(prefix): tensor
            for key, tensor in file.tensors.items()
            if key.startswith(prefix) and "/" not in key.removeprefix(prefix)
        }
        used |= {prefix + key for key in tensors}
        if request.cell and load_cell(cell_name).recurrent:
            cell_name = request.cell
        offered = load_cell(cell_name).options
        said = {
            k: v for k, v in request.options.items() if k in offered and _recurrent(entries, entry)
        }
        cell = load_cell(cell_name, {**settings, **said})
        for convention in CONVENTIONS:
            roles = by_role(convention, tensors)
            if roles is not None:
                tensors = to_cell_weights(convention, roles, cell)
        layers.append(build_layer(name, cell, tensors, request.dtype, str(file.path)))
    return layers, [Note(f"layers as {file.path.name} describes them"), *_unused(file, used)]


def _recurrent(entries: list[dict[str, str]], entry: dict[str, str]) -> bool:
    """Whether the command's options are meant for this layer: the first recurrent one."""
    recurrent = [e for e in entries if load_cell(e["cell"]).recurrent]
    return entry is (recurrent or entries)[0]


def _unused(file: TensorFile, used: set[str]) -> list[Note]:
    left = [name for name in file.tensors if name not in used]
    text = f"not used from {file.path.name}: {', '.join(left)}"
    return [Note(text, warning=True)] if left else []


def _entries(file: TensorFile) -> list[dict[str, str]]:
    where = f"{file.path}: 'model'"
    try:
        config: Any = json.loads(file.config)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}") from None
    entries = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{where} has no list of 'layers'")
    for entry in entries:
        texts = isinstance(entry, dict) and all(isinstance(v, str) for v in entry.values())
        if not texts or not {"name", "cell"} <= entry.keys():
            raise InputError(f"{where}: a layer is an object with the texts 'name' and 'cell'")
    names = [entry["name"] for entry in entries]
    if len(set(names)) < len(names):
        raise InputError(f"{where}: two layers have the same name: {', '.join(names)}")
    return entries

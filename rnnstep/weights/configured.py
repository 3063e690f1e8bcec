"""Layers from a file that describes them itself: the JSON that rnnstep's own samples carry."""

from __future__ import annotations

import json
from typing import Any

from rnnstep.cells import Cell, cell_names, load_cell
from rnnstep.errors import InputError, did_you_mean
from rnnstep.notes import Note
from rnnstep.weights.files import TensorFile
from rnnstep.weights.plan import Blueprint, Plan, Tensor
from rnnstep.weights.request import Request

_LAYER_KEYS = {"name", "cell"}


def configured(file: TensorFile, request: Request) -> Blueprint:
    """The layers that the file's ``model`` text lists: name, cell and the cell's options.

    Raises:
        InputError: not JSON of that form, or tensors that do not fit it.
    """
    entries = _entries(file)
    replaced = next((e["name"] for e in entries if _cell(file, e).recurrent), entries[0]["name"])
    plans = []
    for entry in entries:
        prefix = f"{entry['name']}/" if len(entries) > 1 else ""
        tensors = {
            name.removeprefix(prefix): Tensor(name, array)
            for name, array in file.tensors.items()
            if name.startswith(prefix) and "/" not in name.removeprefix(prefix)
        }
        named = bool(request.cell) and entry["name"] == replaced
        plans.append(_plan(file, entry, tensors, request if named else Request()))
    return Blueprint(tuple(plans), (Note(f"layers as {file.path.name} describes them"),))


def _plan(
    file: TensorFile, entry: dict[str, str], tensors: dict[str, Tensor], request: Request
) -> Plan:
    cell = _cell(file, entry)
    said = {key: value for key, value in entry.items() if key not in _LAYER_KEYS}
    options = {**({} if request.cell else cell.options), **said}
    declared = {declaration.name for declaration in cell.weights}
    if tensors.keys() <= declared or request.cell:
        weights = {name: tensor.array for name, tensor in tensors.items()}
        used = {tensor.name: name for name, tensor in tensors.items()}
        return Plan(entry["name"], request.cell or cell.name, weights, options, used)
    # rnnstep's own files have the cell's names, and nothing to be recognised
    from rnnstep.weights.groups import Group
    from rnnstep.weights.recognise import recognise_layer

    group = Group(entry["name"], tensors)
    plan = recognise_layer(group, Request(cell.name), str(file.path))
    if plan is None or plan.cell.lower() != cell.name.lower():
        wrong = sorted(tensors.keys() - declared)[0]
        hint = did_you_mean(wrong, declared)
        raise InputError(f"{file.path}: {cell.name} has no weight '{wrong}'{hint}")
    return Plan(entry["name"], cell.name, plan.weights, options, plan.used)


def _cell(file: TensorFile, entry: dict[str, str]) -> Cell:
    """A built-in cell: a weight file may not name other files to be read."""
    known = {name.lower(): name for name in cell_names()}
    name = known.get(entry["cell"].lower())
    if name is None:
        hint = did_you_mean(entry["cell"], cell_names())
        raise InputError(f"{file.path}: 'model': unknown cell {entry['cell']!r}{hint}")
    return load_cell(name)


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
        if not texts or not entry.keys() >= _LAYER_KEYS:
            raise InputError(f"{where}: a layer is an object with the texts 'name' and 'cell'")
    names = [entry["name"] for entry in entries]
    if len(set(names)) < len(names):
        raise InputError(f"{where}: two layers have the same name: {', '.join(names)}")
    return entries

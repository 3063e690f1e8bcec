"""From a file's tensors to layers: which cell each group of tensors belongs to, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rnnstep.cells import Cell, cell_names, load_cell
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.layer import Layer, build_layer
from rnnstep.notes import Note
from rnnstep.weights.conventions import (
    CELL_OF_GATES,
    CONVENTIONS,
    Convention,
    by_role,
    gate_count,
    to_cell_weights,
)


@dataclass(frozen=True)
class Request:
    """What the user said about the weights, in place of what the file lets one infer.

    Attributes:
        cell: a cell's name or file.
        options: functions for its options, such as ``activation``.
        dtype: of every value.
    """

    cell: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    dtype: npt.DTypeLike | None = None


@dataclass(frozen=True, eq=False)
class Group:
    """The tensors of one layer: ``lstm/kernel`` and ``lstm/bias`` are the group ``lstm``."""

    name: str
    tensors: Mapping[str, Array]


_STACKED = re.compile(r"(?P<name>(?:weight|bias)_(?:ih|hh))_l(?P<depth>\d+)")


def group_tensors(tensors: Mapping[str, Array]) -> list[Group]:
    """The tensors by layer, in the order of the file."""
    groups: dict[str, dict[str, Array]] = {}
    for full, tensor in tensors.items():
        prefix, _, name = full.replace(".", "/").rpartition("/")
        if match := _STACKED.fullmatch(name):
            name, depth = match["name"], match["depth"]
            prefix = f"{prefix}_{depth}" if depth != "0" else prefix
        groups.setdefault(prefix, {})[name] = tensor
    return [Group(name, found) for name, found in groups.items()]


def recognise(group: Group, request: Request, where: str) -> tuple[Layer, list[Note]]:
    """The layer that a group of tensors is.

    Raises:
        InputError: no reading fits; the line names the tensors.
    """
    for convention in CONVENTIONS:
        roles = by_role(convention, group.tensors)
        if roles is not None:
            return _framework_layer(group, convention, roles, request, where)
    weights, spelling = _dense_names(group.tensors)
    cell = _named_cell(weights, request) or _native_cell(weights, request)
    if cell is None:
        found = ", ".join(f"'{name}' {tensor.shape}" for name, tensor in group.tensors.items())
        place = f"{where}: layer '{group.name}'" if group.name else where
        raise InputError(f"{place}: no known cell has these weights: {found}; name one: --cell")
    layer = build_layer(group.name or _default_name(cell), cell, weights, request.dtype, where)
    note = Note(f"{layer.name}: {cell.name}, {spelling}", "--cell")
    return layer, [note, *_assumed(layer, request)]


def _framework_layer(
    group: Group,
    convention: Convention,
    roles: Mapping[str, Array],
    request: Request,
    where: str,
) -> tuple[Layer, list[Note]]:
    gates = gate_count(convention, roles)
    name = request.cell or CELL_OF_GATES[gates]
    why = f"{convention.framework} names, {gates} gate{'s'[: gates > 1]}"
    if not request.cell and name == "GRU" and convention.framework == "Keras":
        # reset_after needs two biases, and so shows in the bias's axes
        single = "b" in roles and roles["b"].ndim == 1
        name, why = ("GRUResetBefore", f"{why}, one bias") if single else (name, why)
    cell = load_cell(name, request.options)
    weights = to_cell_weights(convention, roles, cell)
    layer = build_layer(group.name or _default_name(cell), cell, weights, request.dtype, where)
    order = ", ".join(convention.gates[gates])
    notes = [Note(f"{layer.name}: {cell.name}, from {why}", "--cell")]
    if gates > 1:
        notes.append(Note(f"{layer.name}: gate order {order} ({convention.framework})"))
    return layer, notes + _assumed(layer, request)


def _dense_names(tensors: Mapping[str, Array]) -> tuple[Mapping[str, Array], str]:
    """A dense layer's tensors under the cell's names, whatever the framework called them."""
    weight = tensors.get("weight", tensors.get("kernel"))
    if weight is None or not tensors.keys() <= {"weight", "kernel", "bias"}:
        return tensors, "by its weights' names"
    keras = "kernel" in tensors
    renamed = {"W": weight.T if keras else weight}
    if "bias" in tensors:
        renamed["b"] = tensors["bias"]
    return renamed, "from Keras names (input, output)" if keras else "from PyTorch names"


def _named_cell(weights: Mapping[str, Array], request: Request) -> Cell | None:
    """The cell that the user named, unless these are plainly the weights of a dense layer."""
    if not request.cell or weights.keys() <= {"W", "b"}:
        return None
    return load_cell(request.cell, request.options)


def _native_cell(weights: Mapping[str, Array], request: Request) -> Cell | None:
    for name in cell_names():
        cell = load_cell(name)
        declared = {declaration.name: declaration for declaration in cell.weights}
        required = {key for key, declaration in declared.items() if declaration.default is None}
        if required <= weights.keys() <= declared.keys():
            offered = {k: v for k, v in request.options.items() if k in cell.options}
            return load_cell(name, request.options if cell.recurrent else offered)
    return None


def _assumed(layer: Layer, request: Request) -> list[Note]:
    """The options that nothing said: the cell's defaults, with the flags that change them."""
    return [
        Note(f"{layer.name}: {option} {function}, not said by the file", flag_of(option))
        for option, function in layer.cell.options.items()
        if option not in request.options
    ]


def flag_of(option: str) -> str:
    """The command's flag for a cell's option."""
    return f"--{option.replace('_', '-')}"


def _default_name(cell: Cell) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cell.name).lower()


def random_layer(cell: Cell, features: int, dtype: npt.DTypeLike | None, seed: int) -> Layer:
    """A layer with small random weights: uniform within 1/√fan-in, the same for each seed."""
    random = np.random.default_rng(seed)
    sizes = dict.fromkeys(cell.axes, RANDOM_UNITS)
    sizes |= {str(axis): features for axis in cell.input.shape}
    weights = {}
    for declaration in cell.weights:
        shape = tuple(sizes[str(axis)] for axis in declaration.shape)
        bound = 1.0 / np.sqrt(shape[-1] if len(shape) > 1 else RANDOM_UNITS)
        weights[declaration.name] = random.uniform(-bound, bound, shape)
    return build_layer(_default_name(cell), cell, weights, dtype or np.float32)


RANDOM_UNITS = 8
"""Units of a layer whose weights are random."""

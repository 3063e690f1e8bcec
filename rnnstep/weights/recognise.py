"""From tensors alone to layers: which cell each group of tensors belongs to, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rnnstep.cells import Cell, cell_names, load_cell
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.chain import chained, linked
from rnnstep.weights.files import TensorFile
from rnnstep.weights.groups import Group, group_tensors
from rnnstep.weights.order import Bundle
from rnnstep.weights.plain import dense, embedding, norm
from rnnstep.weights.plan import Blueprint, Plan, Tensor, both_ways
from rnnstep.weights.remarks import some
from rnnstep.weights.request import Request
from rnnstep.weights.stacked import by_framework_names, by_spelling, tensorflow1

Recogniser = Callable[[Group, Request, str], "Plan | None"]


def recognise_file(file: TensorFile, request: Request) -> Blueprint:
    """The layers that the tensors of a file are, under the names that the user gives them.

    Raises:
        InputError: no reading fits any of them; the line names the tensors.
    """
    return recognise(_renamed(file, request), request, str(file.path), file.ordered)


def _renamed(file: TensorFile, request: Request) -> dict[str, Tensor]:
    """The tensors under the names that the user wants them to have."""
    has = f"it has {some(list(file.tensors))}"
    for old in request.rename:
        if old not in file.tensors:
            raise InputError(f"{file.path}: --rename: no tensor '{old}'; {has}")
    found: dict[str, Tensor] = {}
    for name, array in file.tensors.items():
        if name.startswith(request.prefix):
            new = request.rename.get(name, name.removeprefix(request.prefix))
            if new in found:
                raise InputError(f"{file.path}: '{found[new].name}' and '{name}' are both '{new}'")
            found[new] = Tensor(name, array)
    if not found:
        raise InputError(f"{file.path}: no tensor begins with '{request.prefix}'; {has}")
    return found


def recognise(
    tensors: Mapping[str, Tensor], request: Request, where: str, ordered: bool = True
) -> Blueprint:
    """The layers that a file's tensors are.

    Args:
        tensors: by the names that the user wants them to have.
        request: what the user said.
        where: the file, for errors.
        ordered: whether they come in the order in which the layers run.

    Raises:
        InputError: no reading fits any of them; the line names the tensors.
    """
    bundles: list[Bundle] = [
        bundle for group in group_tensors(tensors) if (bundle := _bundle(group, request, where))
    ]
    if not bundles:
        found = ", ".join(f"'{name}' {tensor.array.shape}" for name, tensor in tensors.items())
        raise InputError(f"{where}: no known cell has these weights: {found}; name one: --cell")
    bundles, notes = chained(bundles, ordered)
    return Blueprint(linked(bundles), notes)


def recognise_layer(group: Group, request: Request, where: str) -> Plan | None:
    """The layer that a group of tensors is, if it is one."""
    for recogniser in RECOGNISERS:
        plan = recogniser(group, request, where)
        if plan is not None:
            return replace(plan, name=group.name or _default_name(plan.cell))
    return None


def _bundle(group: Group, request: Request, where: str) -> Bundle:
    """The plans of one layer; none if it is not recognised."""
    named = recognise_layer(group, request, where)
    if named is None or not group.reverse:
        return [named] if named is not None else []
    other = recognise_layer(replace(group, tensors=group.reverse), request, where)
    if other is None or other.cell != named.cell:
        raise InputError(f"{where}: the reverse half of '{named.name}' has other tensors")
    return list(both_ways(named.name, named, other))


def _native(group: Group, request: Request) -> Plan | None:
    weights = {name: tensor.array for name, tensor in group.tensors.items()}
    cell = _native_cell(weights, request)
    if cell is None:
        return None
    declared = {declaration.name for declaration in cell.weights}
    used = {t.name: name for name, t in group.tensors.items() if name in declared}
    note = Note(f"{cell.name}, by its weights' names", "--cell")
    return Plan("", request.cell or cell.name, weights, {}, used, (note,))


def _named(group: Group, request: Request) -> Plan | None:
    """The cell that the user named, for building it to say what is missing or too many."""
    weights = {name: tensor.array for name, tensor in group.tensors.items()}
    if not request.cell:
        return None
    declared = {declaration.name for declaration in load_cell(request.cell).weights}
    used = {tensor.name: name for name, tensor in group.tensors.items()}
    return Plan("", request.cell, weights, {}, used) if declared & weights.keys() else None


def _native_cell(weights: Mapping[str, object], request: Request) -> Cell | None:
    names = [request.cell] if request.cell else cell_names()
    for name in names:
        cell = load_cell(name)
        declared = {declaration.name: declaration for declaration in cell.weights}
        required = {key for key, declaration in declared.items() if declaration.default is None}
        if required and required <= weights.keys() <= declared.keys():
            return cell
    return None


RECOGNISERS: tuple[Recogniser, ...] = (
    by_framework_names,
    tensorflow1,
    lambda group, _, __: embedding(group),
    lambda group, _, __: norm(group),
    lambda group, request, _: _native(group, request),
    lambda group, _, __: dense(group),
    by_spelling,
    lambda group, request, _: _named(group, request),
)
"""What is tried on each group, the surest first."""


def _default_name(cell: str) -> str:
    """``SimpleRNN`` is called simple_rnn, ``GRUResetBefore`` gru_reset_before."""
    stem = re.split(r"[/\\]", cell)[-1].removesuffix(".txt")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", stem).lower()

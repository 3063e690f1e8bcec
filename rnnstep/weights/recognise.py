"""From tensors alone to layers: which cell each group of tensors belongs to, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rnnstep.arrays import check_numeric
from rnnstep.errors import InputError
from rnnstep.weights.chain import chained, linked
from rnnstep.weights.files import TensorFile
from rnnstep.weights.gates import check_order
from rnnstep.weights.groups import Group, group_tensors
from rnnstep.weights.joined import joined
from rnnstep.weights.memory import without_memory
from rnnstep.weights.native import named, native, refusal
from rnnstep.weights.order import Bundle
from rnnstep.weights.per_gate import by_gate
from rnnstep.weights.plain import dense, embedding, norm
from rnnstep.weights.plan import Blueprint, Plan, Tensor, both_ways
from rnnstep.weights.remarks import some
from rnnstep.weights.request import Request
from rnnstep.weights.spelled import by_spelling
from rnnstep.weights.spelling import place_of, role_of
from rnnstep.weights.stacked import by_framework_names, tensorflow1

Recogniser = Callable[[Group, Request, str], "Plan | list[Plan] | None"]


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
    for name, tensor in tensors.items():
        if tensor.array.dtype.kind == "U" and role_of(place_of(name).leaf):
            check_numeric(tensor.array.dtype, f"{where}: '{name}'")
    numbers = {name: tensor for name, tensor in tensors.items() if tensor.array.dtype.kind != "U"}
    groups = group_tensors(numbers)
    found = [bundle for group in groups for bundle in _bundles(group, request, where)]
    if not found:
        raise refusal(numbers, request, where)
    check_order([plan for bundle in found for plan in bundle], request, where)
    chain = chained(_uniquely_named(found), ordered, request.layer)
    plans = linked(chain.bundles)
    notes = (*chain.notes, *without_memory(plans, tensors))
    return Blueprint(plans, notes, left=chain.left)


def recognise_layer(group: Group, request: Request, where: str) -> Plan | None:
    """The layer that a group of tensors is, if it is one."""
    return next(iter(_layers(group, request, where)), None)


def _layers(group: Group, request: Request, where: str) -> list[Plan]:
    """The layer that a group of tensors is, and the one named beside it that reads it."""
    for recogniser in RECOGNISERS:
        found = recogniser(group, request, where)
        plans = [found] if isinstance(found, Plan) else found
        if plans:
            first, *others = plans
            own = first.replaced(name=group.name or _default_name(first.cell))
            prefix = f"{group.name}/" if group.name else ""
            return [own, *(plan.replaced(name=prefix + plan.name) for plan in others)]
    return []


def _bundles(group: Group, request: Request, where: str) -> list[Bundle]:
    """The plans of one layer, of its halves, or of it and its dense layer; none if unknown."""
    plans = _layers(group, request, where)
    if not plans or not group.reverse:
        return [[plan] for plan in plans]
    other = recognise_layer(replace(group, tensors=group.reverse), request, where)
    if other is None or other.cell != plans[0].cell:
        raise InputError(f"{where}: the reverse half of '{plans[0].name}' has other tensors")
    return [both_ways(plans[0].name, plans[0], other)]


def _uniquely_named(bundles: Sequence[Bundle]) -> list[Bundle]:
    """The same, where two layers got one name: a layer ``out`` may be in the file, too."""
    seen: set[str] = set()
    found: list[Bundle] = []
    for bundle in bundles:
        name = bundle[-1].name
        while name in seen:
            name += "_"
        seen.add(name)
        found.append([bundle[0].replaced(name=name)] if len(bundle) == 1 else bundle)
    return found


RECOGNISERS: tuple[Recogniser, ...] = (
    by_framework_names,
    tensorflow1,
    lambda group, _, __: embedding(group),
    lambda group, _, __: norm(group),
    lambda group, request, _: native(group, request),
    lambda group, request, _: joined(group, request),
    lambda group, _, __: dense(group),
    lambda group, request, _: by_gate(group, request),
    by_spelling,
    lambda group, request, _: named(group, request),
)
"""What is tried on each group, the surest first."""


def _default_name(cell: str) -> str:
    """``SimpleRNN`` is called simple_rnn, ``GRUResetBefore`` gru_reset_before."""
    stem = re.split(r"[/\\]", cell)[-1].removesuffix(".txt")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", stem).lower()

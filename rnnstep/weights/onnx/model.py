"""From a walked graph to a blueprint: which layers are kept, and what is said about it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from rnnstep.cells import load_cell
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.onnx.control import graphs_of, recurrent_nodes
from rnnstep.weights.onnx.graph import node_of, printable
from rnnstep.weights.onnx.tensors import Store
from rnnstep.weights.onnx.values import ANY_INPUT, Member, Other, Signal, Value
from rnnstep.weights.onnx.walk import Walk
from rnnstep.weights.plan import Blueprint, Plan
from rnnstep.weights.request import Request

_NAMED = 6
_QUANTIZED = "DynamicQuantizeLSTM"
"""What ONNX Runtime makes of an LSTM (com.microsoft)."""


def blueprint(
    model: Any, store: Store, tensors: Mapping[str, Array], request: Request
) -> Blueprint:
    """The layers of a graph.

    Raises:
        InputError: no recurrent node, or one that cannot be read.
    """
    walk = Walk(store, request, tensors)
    walk.opset = max(
        (o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), default=1
    )
    # what is not finite in a file is said, and not by numpy
    with np.errstate(all="ignore"):
        scope = walk.graph(model.graph, ChainMap(dict(_inputs(model.graph))))
    results = [scope.get(printable(output.name)) for output in model.graph.output]
    ends = [name for result in results for name in _result(walk, result)]
    walk.wanted.update(ends)
    for pair in walk.pairs.copy():
        _joined(walk, pair)
    kept = _kept(walk)
    if not any(name in walk.after for name in kept):
        raise InputError(f"{store.path}: {_none_found(model.graph)}")
    plans = [plan for name, plan in walk.plans.items() if name in kept]
    plans[0] = plans[0].replaced(used={**walk.glue, **plans[0].used})
    return Blueprint(tuple(_last(plans, ends)), tuple(_notes(walk, model, kept, request)))


def _inputs(graph: Any) -> Iterable[tuple[str, Value]]:
    """The graph's inputs, each of its axes an atom of its own."""
    for given in graph.input:
        name, kind = printable(given.name), given.type.tensor_type
        if not kind.HasField("shape"):
            yield name, Other(outside=name)
            continue
        sizes = {f"{name}:{i}": axis.dim_value for i, axis in enumerate(kind.shape.dim)}
        axes = tuple((atom,) for atom in sizes)
        known = {atom: size for atom, size in sizes.items() if size > 0}
        yield name, Signal((Member("", name),), axes, (0,), known)


def _result(walk: Walk, value: Value | None) -> list[str]:
    """The layer that an output of the graph is, if it is one."""
    if not isinstance(value, Signal) or (len(value.members) > 1 and not value.whole):
        return []
    return [walk.source(value).layer]


def _joined(walk: Walk, name: str) -> None:
    """Bring a bidirectional layer's halves together where nothing in the graph does."""
    halves = {member.layer for member in walk.pairs[name]}
    read = {link.layer for plan in walk.plans.values() for link in plan.reads} | walk.wanted
    if name not in walk.plans and not halves & read:
        first = walk.pairs[name][0]
        made = walk.join(walk.pairs[name], "Concat", 2 * walk.widths[first.layer])
        walk.wanted.add(made.layer)


def _kept(walk: Walk) -> set[str]:
    """The layers that are recurrent, lead to one or follow one, and read one sequence."""
    plans = walk.plans
    needed = {name for name in walk.after if load_cell(plans[name].cell).recurrent}
    needed |= walk.after & walk.wanted
    for name in reversed(plans):
        if name in needed:
            needed.update(link.layer for link in plans[name].reads)
    entries = {name: walk.entries[name] for name in plans if name in needed & {*walk.entries}}
    if not entries:
        return needed & {*plans}
    first = next(iter(entries))
    dropped: set[str] = set()
    for name, plan in plans.items():
        other = name in entries and not _same_entry(walk, entries, first, name)
        if other or any(link.layer in dropped for link in plan.reads):
            dropped.add(name)
    if dropped & needed:
        told = f"they read another sequence than '{first}': {_some(sorted(dropped & needed))}"
        walk.notes.append(Note(f"not run: {told}", "", True))
    return (needed & {*plans}) - dropped


def _same_entry(walk: Walk, entries: Mapping[str, str], first: str, name: str) -> bool:
    same = entries[first] == entries[name] or ANY_INPUT in (entries[first], entries[name])
    sizes = {_takes(walk.plans[first]), _takes(walk.plans[name])} - {0}
    return same and len(sizes) < 2


def _takes(plan: Plan) -> int:
    """How many features a layer reads; 0 if any number will do."""
    if plan.cell == "Embedding":
        return 1
    name = next((n for n in ("Wx", "Wx_i", "Wx_r", "W", "gamma", "scale") if n in plan.weights), "")
    return int(plan.weights[name].shape[-1]) if name else 0


def _last(plans: list[Plan], results: list[str]) -> list[Plan]:
    """The layers, at the end the one whose output is the graph's first; else one none reads."""
    read = {link.layer for plan in plans for link in plan.reads}
    ends = {plan.name: plan for plan in plans if plan.name not in read}
    name = next((name for name in results if name in ends), [*ends][-1])
    return [plan for plan in plans if plan.name != name] + [ends[name]]


def _notes(walk: Walk, model: Any, kept: set[str], request: Request) -> Iterable[Note]:
    maker = printable(model.producer_name)[:40]
    told = f"ONNX graph, opset {walk.opset}" + (f", made by {maker}" if maker else "")
    yield Note(told)
    if request.prefix or request.rename:
        yield Note("an ONNX graph says itself which tensors it takes", "--prefix, --rename", True)
    yield from walk.notes
    for name, nodes in walk.before.items():
        if name in kept or f"{name}/forward" in kept:
            yield Note(f"the sequence is read by '{name}'; not run: {_some(nodes)}", "", True)
    if walk.left:
        yield Note(f"not run after the recurrent layers: {_some(list(walk.left))}", "", True)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _NAMED
    return ", ".join(found[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _none_found(graph: Any) -> str:
    nodes = recurrent_nodes(graph)
    if nodes:
        return f"none of its recurrent nodes can be read: {_some(nodes)}"
    quantized = [
        node_of(node).label
        for inner in graphs_of(graph)
        for node in inner.node
        if node.op_type == _QUANTIZED
    ]
    if quantized:
        return f"its LSTM is quantized, {_some(quantized)}: export the model before quantizing it"
    ops = dict.fromkeys(printable(node.op_type) for node in graph.node)
    return f"no RNN, GRU or LSTM node; it has {_some(ops)}"

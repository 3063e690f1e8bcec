"""Graphs within a graph: the branches of If, the bodies of Loop and Scan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rnnstep.notes import Note
from rnnstep.weights.onnx.graph import Node, node_of, printable, subgraphs
from rnnstep.weights.onnx.values import Const, Other, Value
from rnnstep.weights.onnx.walk import Environment, Walk

RECURRENT = ("RNN", "GRU", "LSTM")


def graphs_of(graph: Any) -> Iterator[Any]:
    """A graph and all those within it."""
    yield graph
    for proto in graph.node:
        if any(attribute.type in (5, 10) for attribute in proto.attribute):
            for _, inner in subgraphs(node_of(proto)):
                yield from graphs_of(inner)


def recurrent_nodes(graph: Any) -> list[str]:
    """The recurrent nodes of a graph and of those within it."""
    return [
        node_of(node).label
        for inner in graphs_of(graph)
        for node in inner.node
        if node.op_type in RECURRENT and node.domain in ("", "ai.onnx")
    ]


def _if(
    walk: Walk, node: Node, values: Sequence[Value | None], scope: Environment
) -> Sequence[Value] | None:
    branches = dict(subgraphs(node))
    chosen = _branch(values, branches)
    if chosen is None:
        return None
    for name, graph in branches.items():
        lost = recurrent_nodes(graph) if name != chosen else []
        if lost:
            walk.notes.append(
                Note(f"{node.label}: {name} is not read: {', '.join(lost)}", "", True)
            )
    graph = branches[chosen]
    if recurrent_nodes(graph):
        walk.notes.append(Note(f"{node.label}: read from its {chosen}", "", True))
    inner = walk.graph(graph, scope)
    return [inner.get(printable(output.name), Other()) for output in graph.output]


def _branch(values: Sequence[Value | None], branches: Mapping[str, Any]) -> str | None:
    """The branch that is read: what a constant condition says, else the one with layers."""
    names = [name for name in ("then_branch", "else_branch") if name in branches]
    condition = values[0] if values else None
    if isinstance(condition, Const) and condition.array.size == 1 and len(names) == 2:
        return names[0] if bool(condition.array.ravel()[0]) else names[1]
    having = [name for name in names if recurrent_nodes(branches[name])]
    return next(iter([*having, *names]), None)


def _loop(
    walk: Walk, node: Node, values: Sequence[Value | None], scope: Environment
) -> Sequence[Value] | None:
    """A body is followed once, from inputs that are not known, if recurrent nodes are in it."""
    bodies = [graph for name, graph in subgraphs(node) if name == "body"]
    if not bodies:
        return None
    before = set(walk.plans)
    if recurrent_nodes(bodies[0]):
        told = "read from its body as if that ran once, on the sequence"
        walk.notes.append(Note(f"{node.label}: {told}", "", True))
        inside = scope.new_child()
        for given in bodies[0].input:
            inside[printable(given.name)] = Other()
        walk.graph(bodies[0], inside)
    else:
        walk.notes.append(Note(f"{node.label}: a loop written by hand is not read", "", True))
    found = walk.unknown(node, values)
    late = found.recurrent or bool(walk.after - before)
    return [Other(late, found.nodes)] * len(node.outputs)


CONTROL: Mapping[
    str, Callable[[Walk, Node, Sequence[Value | None], Environment], Sequence[Value] | None]
] = {"If": _if, "Loop": _loop, "Scan": _loop}

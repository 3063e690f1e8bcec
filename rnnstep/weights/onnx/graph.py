"""Nodes of a graph in the order in which they have to run, their attributes checked."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnnstep.errors import InputError

_SHOWN = 60
_FIELDS = {
    1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 6: "floats", 7: "ints", 8: "strings", 10: "graphs",
}  # fmt: skip
"""The field that holds an attribute of each of ``AttributeProto``'s types."""


def printable(text: str | bytes) -> str:
    """A name as it can stand in one line."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in said)


@dataclass(frozen=True, eq=False)
class Node:
    """One node: its operator, and the names of what it reads and gives (empty: left out)."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    @property
    def label(self) -> str:
        """``LSTM 'encoder'``, for errors and notes."""
        said = self.name or next(iter(self.outputs), "")
        return f"{self.op} '{said[:_SHOWN]}'"

    def of(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """An attribute of a type.

        Raises:
            InputError: it is of another type.
        """
        value = self.attributes.get(name, default)
        if value is not default and not isinstance(value, kind):
            raise InputError(f"{self.label}: its attribute '{printable(name)}' is of another type")
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text attribute."""
        return printable(self.of(name, bytes, default.encode()))

    def ints(self, name: str) -> list[int] | None:
        """A list of integers, or ``None`` if it is left out."""
        value = self.of(name, list)
        if value is not None and not all(isinstance(number, int) for number in value):
            raise InputError(f"{self.label}: its attribute '{name}' is not a list of integers")
        return value  # type: ignore[no-any-return]

    def floats(self, name: str) -> list[float]:
        """A list of numbers, empty if it is left out."""
        return [float(number) for number in self.of(name, list, [])]


def node_of(proto: Any) -> Node:
    """A node as the file has it."""
    domain = "" if proto.domain in ("", "ai.onnx") else f"{printable(proto.domain)}."
    return Node(
        domain + printable(proto.op_type),
        printable(proto.name),
        tuple(map(printable, proto.input)),
        tuple(map(printable, proto.output)),
        {a.name: _value(a) for a in proto.attribute if a.type in _FIELDS},
    )


def _value(attribute: Any) -> Any:
    value = getattr(attribute, _FIELDS[attribute.type])
    return list(value) if attribute.type >= 6 else value


def subgraphs(node: Node) -> Iterator[tuple[str, Any]]:
    """The graphs that a node holds, by the attribute's name."""
    for name, value in node.attributes.items():
        for graph in value if isinstance(value, list) else [value]:
            if hasattr(graph, "node") and hasattr(graph, "initializer"):
                yield name, graph


def ordered(nodes: Sequence[Node], reads: Sequence[frozenset[str]], where: str) -> list[Node]:
    """The nodes, each after those whose outputs it reads; else as the file has them.

    Args:
        nodes: of one graph.
        reads: for each node the names it needs, those that its subgraphs use among them.
        where: the file, for errors.

    Raises:
        InputError: two nodes give the same name, or nodes wait for one another.
    """
    makers: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in makers:
                raise InputError(f"{where}: two nodes give '{name}': {node.label} is the second")
            makers[name] = index
    needs = [{makers[name] for name in names if name in makers} for names in reads]
    readers: list[list[int]] = [[] for _ in nodes]
    for index, makers_of in enumerate(needs):
        for maker in makers_of:
            readers[maker].append(index)
    waiting = [len(makers_of) for makers_of in needs]
    ready = deque(index for index, count in enumerate(waiting) if not count)
    found: list[Node] = []
    while ready:
        index = ready.popleft()
        found.append(nodes[index])
        for reader in readers[index]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(found) < len(nodes):
        stuck = next(nodes[index] for index, count in enumerate(waiting) if count)
        raise InputError(f"{where}: damaged: nodes wait for one another, {stuck.label} among them")
    return found


def layer_name(node: Node, kind: str) -> str:
    """A layer's name from its node's: ``/encoder/lstm/LSTM_1`` is encoder/lstm_1."""
    path = re.sub(r"[^\w/]+", "_", node.name).strip("/_")
    if re.fullmatch(rf"{node.op}(_\d+)?", path):
        path = path.lower()
    plain = re.fullmatch(rf"(?P<path>.+)/{node.op}(?P<number>_\d+)?", path)
    if plain is not None:
        path = plain["path"] + (plain["number"] or "")
    return _shortened(path).strip("/_") or kind.lower()


def _shortened(path: str) -> str:
    """The last parts of a path that are short enough together; of a long one its end."""
    while len(path) > _SHOWN and "/" in path:
        path = path.partition("/")[2]
    return path[-_SHOWN:]

"""The walk through a graph: what is known of each name, and the layers found on the way."""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.onnx.folding import SMALL, fold
from rnnstep.weights.onnx.graph import Node, node_of, ordered, printable, subgraphs
from rnnstep.weights.onnx.layers import Layers
from rnnstep.weights.onnx.lengths import lengths_of_unknown, unknown_lengths
from rnnstep.weights.onnx.tensors import Store
from rnnstep.weights.onnx.values import Const, Extent, Other, Signal, Value
from rnnstep.weights.request import Request

Environment = ChainMap[str, Value]
MALFORMED = (ValueError, IndexError, TypeError, KeyError, OverflowError, ZeroDivisionError)
"""What numpy and the arithmetic of axes end in where a node's inputs do not fit it."""

_ROOTS = 6
_RECURRENT = ("RNN", "GRU", "LSTM")


class Walk(Layers):
    """The state of one walk.

    Attributes:
        before: for a layer that reads the sequence instead of nodes that are not run: those.
        left: nodes after recurrent layers that are not run.
        notes: what was inferred.
        glue: tensors that only say shapes and places.
    """

    def __init__(self, store: Store, request: Request, tensors: Mapping[str, Array]) -> None:
        super().__init__()
        self.store, self.request, self.path = store, request, str(store.path)
        self.before: dict[str, tuple[str, ...]] = {}
        self.left: dict[str, None] = {}
        self.notes: list[Note] = []
        self.glue: dict[str, str] = {}
        self.uses: Counter[str] = Counter()
        self.opset = 1
        self._room = SMALL + 4 * sum(array.nbytes for array in tensors.values())

    def graph(self, proto: Any, outer: Environment) -> Environment:
        """Follow a graph from its constants and what its inputs are in ``outer``."""
        scope = outer.new_child()
        for name, array in self.store.constants(proto).items():
            scope[name] = Const(array, (name,))
        nodes = [node_of(node) for node in proto.node]
        reads = [_reads(node) for node in nodes]
        self.uses.update(name for names in reads for name in names)
        self.uses.update(printable(output.name) for output in proto.output)
        for node in ordered(nodes, reads, self.path):
            for name, value in zip(node.outputs, self.follow(node, scope), strict=False):
                scope[name] = value
                if isinstance(value, Signal) and self.uses[name] != 1:
                    self.open -= {member.layer for member in value.members}
        return scope

    def follow(self, node: Node, scope: Environment) -> Sequence[Value]:
        """What a node gives.

        Raises:
            InputError: its inputs or attributes do not fit its operator.
        """
        values = [scope.get(name) if name else None for name in node.inputs]
        values = [
            Other() if name and value is None else value
            for name, value in zip(node.inputs, values, strict=True)
        ]
        try:
            found = self._follow(node, values, scope)
        except InputError as error:
            said = str(error)
            raise InputError(said if self.path in said else f"{self.path}: {said}") from None
        except MALFORMED as error:
            told = " ".join(str(error).split())[:200]
            raise InputError(f"{self.path}: damaged: {node.label}: {told}") from None
        return [self.unknown(node, values)] * len(node.outputs) if found is None else found

    def _follow(
        self, node: Node, values: list[Value | None], scope: Environment
    ) -> Sequence[Value] | None:
        from rnnstep.weights.onnx.control import CONTROL
        from rnnstep.weights.onnx.handlers import HANDLERS

        if node.op in CONTROL:
            return CONTROL[node.op](self, node, values, scope)
        if node.op == "Constant" or "value" in node.attributes:
            array = self.store.constant_of(node)
            said = {} if array is None else {"value_array": array}
            node = replace(node, attributes={**node.attributes, **said})
        if node.op == "Constant":
            array = node.attributes.get("value_array")
            return None if array is None else [Const(array, node.outputs[:1])]
        if any(isinstance(value, Signal) for value in values) or node.op in _RECURRENT:
            found = HANDLERS[node.op](self, node, values) if node.op in HANDLERS else None
            if found is not None:
                self._note_glue(node, values)
            return found
        if any(isinstance(value, Other) for value in values):
            return lengths_of_unknown(node, values)
        if any(isinstance(value, Extent) for value in values):
            return [unknown_lengths(node, values)] * len(node.outputs)
        made = fold(node, values, self._room)
        if made is not None:
            self._note_glue(node, values)
            self._room -= sum(part.array.nbytes for part in made)
        return made

    def _note_glue(self, node: Node, values: Iterable[Value | None]) -> None:
        for value in values:
            if isinstance(value, Const) and value.array.dtype.kind in "iub":
                for name in value.sources:
                    self.glue.setdefault(name, f"places for {node.label}")

    def unknown(self, node: Node, values: Sequence[Value | None]) -> Other:
        """What a node gives that is not followed."""
        signals = [value for value in values if isinstance(value, Signal)]
        others = [value for value in values if isinstance(value, Other)]
        self.wanted.update(member.layer for s in signals for member in s.members)
        late = any(member.layer in self.after for s in signals for member in s.members)
        own = (node.label,) if signals or not values or node.op in _RECURRENT else ()
        roots = dict.fromkeys([*(n for other in others for n in other.nodes), *own])
        if late:
            self.left[node.label] = None
        recurrent = late or any(other.recurrent for other in others)
        return Other(recurrent, tuple(roots)[:_ROOTS])


def _reads(node: Node) -> frozenset[str]:
    """The names that a node needs, those that its subgraphs take from outside among them."""
    names = set(filter(None, node.inputs))
    for _, graph in subgraphs(node):
        names.update(_free(graph))
    return frozenset(names)


def _free(graph: Any) -> Iterator[str]:
    for proto in graph.node:
        yield from _reads(node_of(proto))
    for output in graph.output:
        yield printable(output.name)

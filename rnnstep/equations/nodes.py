"""The syntax tree of the equation language: six kinds of node, all immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from rnnstep.record import Record


class _Syntax(Record):
    """Equal wherever it stands in its text."""

    not_compared: ClassVar = frozenset({"column"})


class Number(_Syntax):
    """A literal such as ``0.5``."""

    value: float
    column: int = 1


class Name(_Syntax):
    """A value or a weight: ``h_prev``, ``Wx``, or another layer's, ``lstm_1/f_t``."""

    name: str
    column: int = 1


class Unary(_Syntax):
    """``-x`` or ``not x``."""

    symbol: str
    operand: Node
    column: int = 1


class Binary(_Syntax):
    """``left symbol right``: arithmetic, ``@``, a comparison, ``and`` or ``or``."""

    symbol: str
    left: Node
    right: Node
    column: int = 1


class Call(_Syntax):
    """``tanh(a)``."""

    function: str
    arguments: tuple[Node, ...]
    column: int = 1


class Range(Record):
    """A slice ``start:stop`` of one axis; ``None`` is an open end."""

    start: int | None
    stop: int | None


class Index(_Syntax):
    """``h_t[3]``, ``h_t[0:8]``, ``Wh[3, 0:8]``."""

    operand: Node
    items: tuple[int | Range, ...]
    column: int = 1


Node = Number | Name | Unary | Binary | Call | Index


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below ``node``, left to right."""
    match node:
        case Number() | Name():
            return ()
        case Unary(operand=operand) | Index(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments


def walk(node: Node) -> Iterator[Node]:
    """``node`` and every node below it, each before its children."""
    yield node
    for child in children(node):
        yield from walk(child)


def over_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its children changed."""
    match node:
        case Unary(operand=operand) | Index(operand=operand):
            return node.replaced(operand=change(operand))
        case Binary(left=left, right=right):
            return node.replaced(left=change(left), right=change(right))
        case Call(arguments=arguments):
            return node.replaced(arguments=tuple(map(change, arguments)))
    return node


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The same tree with every node changed, each after its children."""
    return change(over_children(node, lambda child: mapped(child, change)))


def dependencies(node: Node) -> tuple[str, ...]:
    """The names that ``node`` reads, each once, in the order of the text."""
    return tuple(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Name)))


def renamed(node: Node, name: Callable[[str], str]) -> Node:
    """The same with other names."""

    def change(one: Node) -> Node:
        return one.replaced(name=name(one.name)) if isinstance(one, Name) else one

    return mapped(node, change)

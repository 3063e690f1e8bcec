"""What a line keeps of a state and what it writes: read from its equation, for any cell."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstep.cells import Cell, following
from rnnstep.equations.nodes import Binary, Call, Name, Node, Number, Unary, dependencies

_ONE, _ZERO = Number(1.0), Number(0.0)


@dataclass(frozen=True)
class Affine:
    """``keep * state + write``, entry by entry.

    Attributes:
        keep: the factor of the state: ``f_t``; ``None`` if the state is in no term.
        write: what is added to it: ``i_t * g_t``; ``None`` if nothing is.
    """

    keep: Node | None
    write: Node | None


def affine(cell: Cell, state: str) -> Affine | None:
    """How a state becomes its next one; ``None`` if it is no factor times the state, and a rest.

    What the factor and the rest are made of, such as gates, may depend on the state as well.
    """
    line = cell.equation(following(state))
    found = _Reader(cell, state).form(line.node) if line else None
    return found if found and found.keep is not None else None


class _Reader:
    """Reads one state out of a cell's lines."""

    def __init__(self, cell: Cell, state: str) -> None:
        self.cell, self.state = cell, state
        self.known: dict[str, Affine] = {}

    def form(self, node: Node) -> Affine | None:
        """The form of a node; ``None`` if the state is in it otherwise."""
        match node:
            case Name(name) if name == self.state:
                return Affine(_ONE, None)
            case Name(name):
                return self.line(name)
            case Unary("-", operand):
                inner = self.form(operand)
                return inner and Affine(_negative(inner.keep), _negative(inner.write))
            case Binary("+" | "-" as sign, left, right):
                return self.sum(sign, left, right)
            case Binary("*" | "/", _, _) if self.has(node):
                return self.product(node)
            case Call("where", (condition, yes, no)):
                return self.choice(condition, yes, no)
            case Call("linear", (argument,)):
                return self.form(argument)
        return None if self.has(node) else Affine(None, node)

    def has(self, node: Node) -> bool:
        return self.state in dependencies(node)

    def line(self, name: str) -> Affine:
        """A value's line put in its place, if the state is a term of it."""
        equation = self.cell.equation(name)
        if name not in self.known:
            inner = self.form(equation.node) if equation else None
            itself = Affine(None, Name(name))
            self.known[name] = inner if inner and inner.keep is not None else itself
        return self.known[name]

    def sum(self, sign: str, left: Node, right: Node) -> Affine | None:
        first, second = self.form(left), self.form(right)
        if first is None or second is None:
            return None
        keep = _sum(sign, first.keep, second.keep)
        return Affine(keep, _sum(sign, first.write, second.write))

    def product(self, node: Binary) -> Affine | None:
        left, right = node.left, node.right
        if self.has(right):
            if node.symbol == "/" or self.has(left):
                return None
            inner = self.form(right)
            return inner and Affine(_times(left, inner.keep), _times(left, inner.write))
        inner = self.form(left)
        if inner is None:
            return None
        return Affine(*(_scaled(node.symbol, part, right) for part in (inner.keep, inner.write)))

    def choice(self, condition: Node, yes: Node, no: Node) -> Affine | None:
        first, second = self.form(yes), self.form(no)
        if first is None or second is None:
            return None
        return Affine(
            _choice(condition, first.keep, second.keep),
            _choice(condition, first.write, second.write),
        )


def _negative(node: Node | None) -> Node | None:
    return node and Unary("-", node)


def _sum(sign: str, left: Node | None, right: Node | None) -> Node | None:
    if left is None:
        return _negative(right) if sign == "-" else right
    return Binary(sign, left, right) if right is not None else left


def _times(left: Node, right: Node | None) -> Node | None:
    return left if right == _ONE else right and Binary("*", left, right)


def _scaled(symbol: str, left: Node | None, right: Node) -> Node | None:
    if left == _ONE and symbol == "*":
        return right
    return left and Binary(symbol, left, right)


def _choice(condition: Node, yes: Node | None, no: Node | None) -> Node | None:
    if yes is None and no is None:
        return None
    return Call("where", (condition, yes or _ZERO, no or _ZERO))

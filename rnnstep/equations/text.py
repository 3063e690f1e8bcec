"""Nodes to text: the listing's own ASCII, and the mathematics that the screen shows."""

from __future__ import annotations

from collections.abc import Callable

from rnnstep.equations.functions import FUNCTIONS
from rnnstep.equations.nodes import Binary, Call, Index, Name, Node, Number, Range, Unary
from rnnstep.equations.operators import ATOM, BINARY, UNARY


def to_text(node: Node) -> str:
    """ASCII that parses to the same nodes again."""
    return _Writer(False, str, lambda _: None).write(node)


def to_unicode(
    node: Node,
    name: Callable[[str], str] | None = None,
    leaf: Callable[[Node], str | None] | None = None,
) -> str:
    """The same as mathematics: ``σ(Wx·xₜ + b)``.

    Args:
        node: the expression.
        name: how a name is written.
        leaf: what is written in place of a whole node, if it does not return ``None``.
    """
    return _Writer(True, name or pretty_name, leaf or (lambda _: None)).write(node)


def pretty_name(name: str) -> str:
    """``h_prev`` as hₜ₋₁, ``h_t`` as hₜ; other names stay as they are."""
    layer, slash, own = name.rpartition("/")
    for ending, sign in (("_prev", "ₜ₋₁"), ("_t", "ₜ")):
        if own.endswith(ending) and own != ending:
            return layer + slash + own.removesuffix(ending) + sign
    return name


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


class _Writer:
    """One way of writing: which signs, which names."""

    def __init__(
        self,
        mathematical: bool,
        name: Callable[[str], str],
        leaf: Callable[[Node], str | None],
    ) -> None:
        self.mathematical = mathematical
        self.name = name
        self.leaf = leaf

    def write(self, node: Node) -> str:
        own = self.leaf(node)
        return self.composed(node) if own is None else own

    def composed(self, node: Node) -> str:
        match node:
            case Number(value=value):
                return number_text(value)
            case Name(name=name):
                return self.name(name)
            case Unary(symbol=symbol, operand=operand):
                operator = UNARY[symbol]
                sign = operator.sign if self.mathematical else symbol
                space = " " if sign.isalpha() else ""
                return sign + space + self.inside(operand, operator.binding)
            case Binary(symbol=symbol, left=left, right=right):
                operator = BINARY[symbol]
                sign = operator.sign if self.mathematical else symbol
                # a comparison on either side of a comparison would read as a chain
                loose = operator.binding + (operator.binding == BINARY["=="].binding)
                first = self.inside(left, loose)
                return f"{first} {sign} {self.inside(right, operator.binding + 1)}"
            case Call(function=function, arguments=arguments):
                sign = FUNCTIONS[function].sign if self.mathematical else ""
                inside = ", ".join(self.write(argument) for argument in arguments)
                if sign == "‖·‖":
                    return f"‖{inside}‖"
                return f"{sign or function}({inside})"
            case Index(operand=operand, items=items):
                return f"{self.inside(operand, ATOM)}[{', '.join(map(_item, items))}]"

    def inside(self, node: Node, binding: int) -> str:
        """In parentheses where ``node`` binds more loosely than its surroundings."""
        own = self.leaf(node)
        if own is not None:
            return own
        text = self.composed(node)
        return f"({text})" if _binding(node) < binding else text


def _binding(node: Node) -> int:
    match node:
        case Unary(symbol=symbol):
            return UNARY[symbol].binding
        case Binary(symbol=symbol):
            return BINARY[symbol].binding
    return ATOM


def _item(item: int | Range) -> str:
    if isinstance(item, int):
        return str(item)
    return f"{'' if item.start is None else item.start}:{'' if item.stop is None else item.stop}"

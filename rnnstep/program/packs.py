"""Equations of one form side by side, such as the gates of an LSTM, computed as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from rnnstep.cells import Equation
from rnnstep.equations import Shape, dependencies
from rnnstep.equations.nodes import Binary, Call, Name, Node, Number, Unary

Pack = tuple[Equation, ...]
"""Equations of the same form and shape, none of which reads another."""

_LOOKED_AHEAD = 8


class Packing:
    """Puts equations of one form together, in an order in which they can run.

    Inside a pack those that are read alike stand side by side, so that what reads them can be
    packed, too: of an LSTM's gates the three that pass a sigmoid.

    Args:
        equations: all that run, in the order of the listing.
        shapes: the axes of every name.
        weights: the names of the weights.
    """

    def __init__(
        self,
        equations: Sequence[Equation],
        shapes: Mapping[str, Shape],
        weights: Collection[str],
    ) -> None:
        self._shapes, self._weights = shapes, weights
        self._readers: dict[str, list[Equation]] = {e.name: [] for e in equations}
        self._levels: dict[str, int] = {}
        for equation in equations:
            read = dependencies(equation.node)
            before = (self._levels.get(name, 0) for name in read)
            self._levels[equation.name] = 1 + max(before, default=0)
            for name in read:
                if name in self._readers:
                    self._readers[name].append(equation)

    def packs(self, equations: Sequence[Equation]) -> list[Pack]:
        """Some of the equations as packs."""
        ordered = sorted(equations, key=self._place)
        return [tuple(group) for _, group in groupby(ordered, self._kind)]

    def _kind(self, equation: Equation) -> tuple[int, str, str]:
        form = _form(equation.node, self._weights)
        return self._levels[equation.name], str(self._shapes[equation.name]), form

    def _place(self, equation: Equation) -> tuple[tuple[int, str, str], list[str]]:
        return self._kind(equation), self._future([equation.name], _LOOKED_AHEAD)

    def _future(self, names: Sequence[str], depth: int) -> list[str]:
        """The forms of what reads the names, of what reads that, and so on."""
        reading = {reader.name: reader for name in names for reader in self._readers[name]}
        if not reading or not depth:
            return []
        forms = " ".join(sorted(_form(r.node, self._weights) for r in reading.values()))
        return [forms, *self._future(list(reading), depth - 1)]


def _form(node: Node, weights: Collection[str]) -> str:
    """An expression's form: the same for two that differ only in the names of their values."""
    match node:
        case Number(value=value):
            return repr(value)
        case Name(name=name):
            return "weight" if name in weights else "value"
        case Unary(symbol=symbol, operand=operand):
            return f"{symbol}({_form(operand, weights)})"
        case Binary(symbol=symbol, left=left, right=right):
            return f"({_form(left, weights)} {symbol} {_form(right, weights)})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_form(a, weights) for a in arguments)})"
        case _:
            # an index differs from every other: such lines stay alone
            return repr(node)

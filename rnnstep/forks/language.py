"""The language of edits: ``set h_t[3] = 0.5``, ``scale i_t 0.5 always``, ``noise h_prev 0.1``."""

from __future__ import annotations

import re

import numpy as np

from rnnstep.equations.nodes import Index, Name, Node, Range
from rnnstep.errors import ExpressionError
from rnnstep.expressions import Expression
from rnnstep.forks.edit import Edit, Operation, Reach
from rnnstep.model import Model

_WHEN = re.compile(r"\s(?P<word>always|here|from\s+here|(?:at|from)\s+\d{1,9})\s*$")
_TARGET = re.compile(r"\s*[^\s\[=]+(\s*\[[^\]]*\])?")
_NUMBER = re.compile(r"[^\s,]+")
_NO_TIME = re.compile(r"\s(?P<when>(?:at|from)\s+-\S+)\s*$")
_SEED = re.compile(r"\sseed\s+(?P<seed>\d{1,9})\s*$")
_USAGE = {
    Operation.SET: "NAME = NUMBER",
    Operation.SCALE: "NAME FACTOR",
    Operation.NOISE: "NAME DEVIATION",
    Operation.SWAP: "NAME FILE, or NAME from TIMESTEP",
    Operation.HOLD: "an input",
}
WORDS = {operation.value: operation for operation in Operation}


def parse_edit(text: str, model: Model, t: int) -> Edit:
    """The edit that a text is.

    Args:
        text: an operation, a value or weight, numbers, and perhaps when: ``at 12``, ``from 12``,
            ``from here`` or ``always``. Without it a value is changed at ``t`` alone, a weight
            from ``t`` on. ``zero h_t`` is ``set h_t = 0``.
        model: whose values they are.
        t: the timestep that is *here*.

    Raises:
        ExpressionError: it is no edit of this model, with the column.
    """
    begins = len(text) - len(text.lstrip())
    word, _, said = text.strip().partition(" ")
    zero = word == "zero"
    operation = Operation.SET if zero else WORDS.get(word)
    if operation is None:
        words = ", ".join([*WORDS, "zero"])
        raise ExpressionError(f"an edit is one of: {words}", text, begins + 1)
    return _Reader(text, begins + len(word) + 1, operation, model, t).read(said, zero)


class _Reader:
    """One edit on its way; columns count from 0 in what stands behind the operation."""

    def __init__(self, text: str, offset: int, operation: Operation, model: Model, t: int) -> None:
        self.text, self.offset, self.operation = text, offset, operation
        self.model, self.t = model, t

    def read(self, said: str, zero: bool) -> Edit:
        when, rest, seed = "", said, 0
        found = _WHEN.search(said)
        if found and not self._is_source(said[: found.start()]):
            when, rest = " ".join(found["word"].split()), said[: found.start()]
        if not found and (wrong := _NO_TIME.search(said)):
            told = f"'{wrong['when']}' is no timestep of the run: they count from 0"
            raise self._error(told, wrong.start("when"))
        if self.operation is Operation.NOISE and (drawn := _SEED.search(rest)):
            seed, rest = int(drawn["seed"]), rest[: drawn.start()]
        target, argument, column = self._parts(rest, zero)
        node, weight, count = self._target(target)
        name, items = _named(node)
        numbers: tuple[float, ...] = (0.0,) if zero else ()
        source = argument.strip() if self.operation is Operation.SWAP else ""
        if not zero and self.operation not in (Operation.SWAP, Operation.HOLD):
            numbers = self._numbers(argument, column, count)
        if weight and source.startswith("from "):
            raise self._error("a weight is of no timestep: swap in a file's", column)
        reach, t = self._reach(when, weight, len(said) - len(when))
        return Edit(self.operation, name, items, reach, t, numbers, seed, source)

    def _is_source(self, before: str) -> bool:
        """Whether ``from 12`` is what is swapped in: nothing but the target stands before it."""
        return self.operation is Operation.SWAP and bool(_TARGET.fullmatch(before))

    def _error(self, message: str, column: int) -> ExpressionError:
        return ExpressionError(message, self.text, self.offset + column + 1)

    def _parts(self, rest: str, zero: bool) -> tuple[str, str, int]:
        """The target, what is said of it, and where that begins."""
        if zero or self.operation is Operation.HOLD:
            return rest, "", len(rest)
        assigns = self.operation is Operation.SET
        found = _TARGET.match(rest)
        end = rest.find("=") if assigns else found.end() if found else -1
        begins = end + assigns
        if end < 0 or not rest[:end].strip() or not rest[begins:].strip():
            usage = f"{self.operation.value} {_USAGE[self.operation]}"
            raise self._error(f"write {usage}", len(rest))
        return rest[:end], rest[begins:], begins

    def _target(self, target: str) -> tuple[Node, bool, int]:
        """The target with the model's name, whether it is a weight, and how many entries."""
        try:
            expression = Expression.parse(target, self.model)
        except ExpressionError as error:
            raise self._error(error.message, error.column - 1) from None
        match expression.node:
            case Name() | Index(operand=Name()) if expression.first is not None:
                layer, own = expression.first
            case _:
                raise self._error("one value or weight is edited: h_t, h_t[3] or Wh[3, 5]", 0)
        named = Name(self.model.qualified(layer, own))
        node = expression.node
        items = node.items if isinstance(node, Index) else ()
        weight = own in self.model.layers[layer].weights
        count = int(np.prod(expression.shape, dtype=int))
        return Index(named, items) if items else named, weight, count

    def _numbers(self, argument: str, column: int, count: int) -> tuple[float, ...]:
        numbers: list[float] = []
        for found in _NUMBER.finditer(argument):
            try:
                numbers.append(float(found[0]))
            except ValueError:
                begins = column + found.start()
                raise self._error(f"'{found[0][:20]}' is no number", begins) from None
        several = self.operation is Operation.SET
        if len(numbers) != 1 and not (several and len(numbers) == count):
            takes = f"1 number, or {count}" if several and count > 1 else "1 number"
            raise self._error(f"this takes {takes}, not {len(numbers)}", column)
        return tuple(numbers)

    def _reach(self, when: str, weight: bool, column: int) -> tuple[Reach, int]:
        word, _, place = when.partition(" ")
        onward = weight or self.operation is Operation.HOLD
        reach = Reach.FROM if onward else Reach.AT
        if word in ("at", "here"):
            reach = Reach.AT
        elif word == "from":
            reach = Reach.FROM
        elif word == "always":
            return Reach.ALWAYS, 0
        t = int(place) if place.isdigit() else self.t
        if t < 0:
            raise self._error("nothing runs before the first timestep: go to one", column)
        return reach, t


def _named(node: Node) -> tuple[str, tuple[int | Range, ...]]:
    match node:
        case Index(Name(name), items):
            return name, items
        case Name(name):
            return name, ()
    raise AssertionError(node)

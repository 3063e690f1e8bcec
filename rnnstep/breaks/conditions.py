"""A condition on a run: its text, where it holds, and which number it is about."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from rnnstep.breaks.places import Place, place_in
from rnnstep.breaks.rules import RULES, Rule, Test
from rnnstep.equations import Array
from rnnstep.errors import ExpressionError
from rnnstep.expressions import Expression
from rnnstep.model import Model
from rnnstep.trace import Trace


class Condition(ABC):
    """When a run is to stop.

    Attributes:
        text: as it was written.
        sign: not 0 if it holds at one timestep only: where its strength, times this, is largest.
    """

    text: str
    sign: int = 0

    @abstractmethod
    def holds(self, trace: Trace, start: int, stop: int) -> Array:
        """Whether it holds, for timesteps ``start`` to before ``stop``; its strength if signed."""

    @abstractmethod
    def place(self, trace: Trace, t: int) -> Place | None:
        """The number it is about at a timestep where it holds, if it is about one."""


@dataclass(frozen=True, eq=False)
class Ruled(Condition):
    """An expression with a rule, or one that has to be true.

    Attributes:
        text: as it was written.
        expression: what is looked at.
        test: how two timesteps are compared; ``None`` if only one is looked at.
        sign: see :class:`Condition`.
    """

    text: str
    expression: Expression
    test: Test | None = None
    sign: int = 0

    def holds(self, trace: Trace, start: int, stop: int) -> Array:
        """See :meth:`Condition.holds`; the first timestep has none before it, and no change."""
        if self.test is None:
            found = self.expression.over(trace, start, stop)
            return found if self.sign else np.asarray(found != 0)
        entries = self._changes(trace, start, stop)
        return np.asarray(entries.reshape(stop - start, -1).any(axis=1))

    def _changes(self, trace: Trace, start: int, stop: int) -> Array:
        assert self.test is not None
        values = self.expression.over(trace, max(start - 1, 0), stop)
        with np.errstate(all="ignore"):
            changed = self.test(values[:-1], values[1:])
        if start > 0:
            return changed
        return np.concatenate([np.zeros((1, *self.expression.shape), bool), changed])

    def place(self, trace: Trace, t: int) -> Place | None:
        """The number that made it a hit: the entry that changed, or see :func:`place_in`."""
        first = self.expression.first
        if first is not None and self.expression.shape and self.test is not None:
            changed = self._changes(trace, t, t + 1).reshape(-1)
            return Place(*first, int(np.argmax(changed)))
        return place_in(self.expression, trace, t)


_BEGINS = re.compile(rf"\b({'|'.join(sorted({rule.words.split()[0] for rule in RULES}))})\b")
"""The words that a rule begins with, none of which is a name that a cell could use."""


def parse_expression(text: str, model: Model) -> Condition:
    """The condition that an expression is, with a rule behind it or without.

    Raises:
        ExpressionError: it is no expression of this model, or its rule does not fit.
    """
    for rule in RULES:
        found = rule.pattern.fullmatch(text)
        if found:
            return _ruled(text, found, rule, model)
    word = _BEGINS.search(text)
    if word:
        words = ", ".join(rule.words for rule in RULES)
        raise ExpressionError(f"a rule is one of: {words}", text, word.start() + 1)
    expression = Expression.parse(text, model)
    _check_truth(expression, text)
    return Ruled(text.strip(), expression)


def _ruled(text: str, found: re.Match[str], rule: Rule, model: Model) -> Condition:
    expression = Expression.parse(found["expression"], model)
    if rule.truth:
        _check_truth(expression, text)
    number = 0.0
    if "number" in found.groupdict():
        try:
            number = float(found["number"])
        except ValueError:
            column = found.start("number") + 1
            message = f"'{found['number']}' is no number"
            raise ExpressionError(message, text, column) from None
    test = rule.compares(number) if rule.compares else None
    return Ruled(text.strip(), expression, test, rule.sign)


def _check_truth(expression: Expression, text: str) -> None:
    if expression.shape:
        shape = "×".join(map(str, expression.shape))
        message = f"this is {shape} numbers, not one: write any(…), all(…) or one entry, …[0]"
        raise ExpressionError(message, text, expression.node.column)

"""What may stand behind an expression: when its value, or a change of it, counts as a hit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnnstep.equations import Array

Test = Callable[[Array, Array], Array]
"""Of the values before and now, (timesteps, …) each, where the rule holds: as many truths."""


class Rule(NamedTuple):
    """One way of becoming a hit.

    Attributes:
        words: what stands behind the expression; ``NUMBER`` is a number.
        summary: when it is a hit, for help and documentation.
        compares: makes the test, given the number; ``None`` if the whole run is compared.
        truth: whether the expression has to be one truth, not any number of numbers.
        sign: 1 if the largest of the run is meant, -1 if the smallest.
    """

    words: str
    summary: str
    compares: Callable[[float], Test] | None
    truth: bool = False
    sign: int = 0

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches an expression with the rule behind it."""
        words = r"\s+".join(self.words.replace("NUMBER", r"(?P<number>[-+.\w]+)").split())
        return re.compile(rf"(?P<expression>.*\S)\s+{words}\s*", re.DOTALL)


def _differs(before: Array, now: Array) -> Array:
    both_nan = np.isnan(before) & np.isnan(now)
    return np.asarray((before != now) & ~both_nan)


def _sign_differs(before: Array, now: Array) -> Array:
    return _differs(np.sign(before), np.sign(now))


def _crosses(number: float) -> Test:
    return lambda before, now: np.asarray((before >= number) != (now >= number))


RULES = (
    Rule("changes sign", "it gets another sign, or zero", lambda _: _sign_differs),
    Rule("changes", "it is not what it was one timestep before", lambda _: _differs),
    Rule("crosses NUMBER", "it comes from one side of the number to the other", _crosses),
    Rule(
        "becomes true",
        "it is true (not zero) and was not",
        lambda _: lambda before, now: (before == 0) & (now != 0),
        True,
    ),
    Rule(
        "becomes false",
        "it is false (zero) and was not",
        lambda _: lambda before, now: (before != 0) & (now == 0),
        True,
    ),
    Rule("is largest", "it is larger than at any other timestep", None, True, 1),
    Rule("is smallest", "it is smaller than at any other timestep", None, True, -1),
)
"""Every rule; a condition without one holds wherever its expression is true (not zero)."""

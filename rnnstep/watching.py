"""Watches: expressions whose value is looked at, at every timestep one comes to."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.record import Record
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.expressions import Expression


class Watch(Record):
    """An expression that is watched.

    Attributes:
        number: what it is called, from 1; no number is used twice.
        expression: what is looked at.
    """

    number: int
    expression: Expression


class Watching(ABC):
    """What a session does with its watches.

    Attributes:
        trace: the run.
        watches: in the order of their numbers.
    """

    trace: Trace
    watches: tuple[Watch, ...] = ()
    _last_watch = 0

    def add_watch(self, text: str) -> Watch:
        """Watch an expression; one that is watched already stays as it is.

        Raises:
            ExpressionError: it is no expression of this model, with the column.
        """
        from rnnstep.expressions import Expression

        expression = Expression.parse(text, self.trace.model)
        for known in self.watches:
            if known.expression.text == expression.text:
                return known
        self._last_watch += 1
        added = Watch(self._last_watch, expression)
        self.watches += (added,)
        return added

    def remove_watch(self, number: int) -> Watch:
        """Watch an expression no longer.

        Raises:
            InputError: none has this number.
        """
        for known in self.watches:
            if known.number == number:
                self.watches = tuple(other for other in self.watches if other is not known)
                return known
        numbers = ", ".join(str(known.number) for known in self.watches) or "there are none"
        raise InputError(f"no watch {number}: {numbers}")

    def clear_watches(self) -> None:
        """Watch nothing."""
        self.watches = ()

"""How a session finds a line, a unit or a timestep, the next one and the one before.

What searches is loaded when something is looked for: a start does not wait for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.frame import Cursor
from rnnstep.labels import Labels
from rnnstep.playing import Change
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.finding.queries import Query, Search


class Finding(ABC):
    """What a session does to find something.

    Attributes:
        trace: the run.
        cursor: where it stands.
        labels: names for its parts.
        missed: what is to be said if the search that began last finds nothing.
    """

    trace: Trace
    cursor: Cursor
    labels: Labels
    missed: str = ""
    _query: Query | None = None

    @abstractmethod
    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""

    @abstractmethod
    def goto_number(self, layer: int, name: str, unit: int) -> Change:
        """Go to an entry of a layer's value."""

    def find(self, text: str) -> Search:
        """Look for something, and go there.

        The search is made while the result is iterated over, and given up when that ends early.

        Args:
            text: a value or weight, perhaps with a unit: ``c_t[3]``. Or a condition, as a
                breakpoint takes it: the next timestep where it holds; with ``last`` before it
                the latest one at or before the cursor. Or ``written c_t[3]``: the latest
                timestep, up to the cursor, that wrote this entry, see
                :func:`rnnstep.finding.written.written`. Or else a name, or a part of one: of a
                layer, value, weight, unit, input, output or timestep.

        Returns:
            how far it is, again and again, and then what was found, if anything.

        Raises:
            ExpressionError: it is meant as a condition and is none, with the column.
            InputError: nothing is called so, or the value is no state.
        """
        from rnnstep.finding.asked import asked

        meant = asked(text.strip(), self.trace.model, self.labels, self.cursor)
        self._query = meant.query
        return self._latest(meant.forward) if meant.latest else self.find_again()

    def find_again(self, forward: bool = True) -> Search:
        """Look for the next of what :meth:`find` looked for last, or for the one before.

        Raises:
            InputError: nothing was looked for yet.
        """
        if self._query is None:
            raise InputError("nothing was looked for yet: find TEXT looks for something")
        self.missed = f"{self._query.text}: at no timestep"
        return self._arriving(self._query.seek(self.trace, self.cursor.t, forward))

    def _latest(self, forward: bool) -> Search:
        """Look from the cursor on, it included, to the end of the run and no farther."""
        assert self._query is not None
        t = self.cursor.t
        self.missed = f"{self._query.text}: at no timestep {'from' if forward else 'up to'} t {t}"
        begin = t - 1 if forward else t + 1
        return self._arriving(self._query.seek(self.trace, begin, forward, around=False))

    def _arriving(self, search: Search) -> Search:
        """Go to what is found."""
        from rnnstep.finding.queries import Found

        for report in search:
            if isinstance(report, Found):
                if report.place is not None:
                    self.goto_number(report.place.layer, report.place.name, report.place.unit)
                if report.t is not None:
                    self.goto(report.t)
            yield report

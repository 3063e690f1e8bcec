"""How a session finds a line, a unit or a timestep, the next one and the one before."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from rnnstep.breaks import Condition, Place, parse_condition
from rnnstep.breaks.conditions import Ruled
from rnnstep.equations import dependencies
from rnnstep.errors import ExpressionError, InputError, RnnstepError, did_you_mean
from rnnstep.expressions import Expression
from rnnstep.finding.named import Named, called, entry, matching, places, read
from rnnstep.finding.queries import Found, Names, Query, Search, Times
from rnnstep.finding.written import written
from rnnstep.frame import Cursor
from rnnstep.labels import Labels
from rnnstep.playing import Change
from rnnstep.trace import Trace

_PLACE = re.compile(r"(?P<name>[^\s\[\]]+)\s*(\[\s*(?P<unit>\d{1,9})\s*\])?")
_SIGNS = re.compile(r"[<>=()\[\]+*]")
"""What stands in a condition, and hardly in a name."""


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
        text = text.strip()
        word, rest = [*text.split(maxsplit=1), "", ""][:2]
        place = self._place(text)
        exact = [place] if place is not None else []
        exact += called(text, self.trace.model, self.labels)
        if word == "written" and not exact:
            return self._find_written(rest)
        if word == "last" and rest and not exact:
            self._query = Times(self._condition(rest))
            return self._latest()
        self._query = Names(exact) if exact else self._asked(text)
        return self.find_again()

    def find_again(self, forward: bool = True) -> Search:
        """Look for the next of what :meth:`find` looked for last, or for the one before.

        Raises:
            InputError: nothing was looked for yet.
        """
        if self._query is None:
            raise InputError("nothing was looked for yet: find TEXT looks for something")
        self.missed = f"{self._query.text}: at no timestep"
        return self._arriving(self._query.seek(self.trace, self.cursor.t, forward))

    def _latest(self, forward: bool = False) -> Search:
        """Look from the cursor on, it included, to the end of the run and no farther."""
        assert self._query is not None
        t = self.cursor.t
        self.missed = f"{self._query.text}: at no timestep {'from' if forward else 'up to'} t {t}"
        begin = t - 1 if forward else t + 1
        return self._arriving(self._query.seek(self.trace, begin, forward, around=False))

    def _asked(self, text: str) -> Query:
        """A condition, or else a name."""
        try:
            condition = self._condition(text)
        except RnnstepError as error:
            mistake = error
        else:
            if not isinstance(condition, Ruled) or dependencies(condition.expression.node):
                return Times(condition)
            mistake = InputError(f"'{text}' is the same at every timestep")
        model = self.trace.model
        found = matching(text, model, self.labels)
        if found:
            return Names(found)
        known = [name for named in places(model) for name in named.names]
        if _SIGNS.search(text) or {*re.findall(r"[\w/]+", text)} & {*known}:
            raise mistake
        near = did_you_mean(text, known)
        hint = near if near.endswith("?") else "; a condition is written as h_t[0] > 0.5"
        raise InputError(f"nothing is called '{text[:40]}'{hint}")

    def _condition(self, text: str) -> Condition:
        return parse_condition(text, self.trace.model, self.cursor.layer)

    def _place(self, text: str) -> Named | None:
        """The entry that a text names, by the whole name of its value or weight."""
        found = _PLACE.fullmatch(text)
        if found is None:
            return None
        model = self.trace.model
        try:
            first = Expression.parse(found["name"], model).first
        except ExpressionError:
            return None
        if first is None or not read(model, *first):
            return None
        if found["unit"]:
            # says what is wrong with a unit that there is not
            Expression.parse(text, model)
        unit = int(found["unit"] or self.cursor.unit)
        return entry(model, *first, unit)

    def _find_written(self, text: str) -> Search:
        layer = self.trace.model.layers[self.cursor.layer]
        place = Place(
            self.cursor.layer, layer.cell.equations[self.cursor.line].name, self.cursor.unit
        )
        if text:
            named = self._place(text)
            if named is None or named.place is None:
                raise InputError(f"'{text}' is no state: written takes one, such as c_t[3]")
            place = named.place
        model = self.trace.model
        condition, meaning = written(model, place.layer, place.name, place.unit)
        told = f"{model.qualified(place.layer, place.name)}[{place.unit}] written, {meaning}"
        self._query = Times(self._condition(condition), told, place)
        # a layer against time's direction has come from later timesteps
        forward = model.layers[place.layer].reverse
        return self._latest(forward)

    def _arriving(self, search: Search) -> Search:
        """Go to what is found."""
        for report in search:
            if isinstance(report, Found):
                if report.place is not None:
                    self.goto_number(report.place.layer, report.place.name, report.place.unit)
                if report.t is not None:
                    self.goto(report.t)
            yield report

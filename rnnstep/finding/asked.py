"""From what was typed to what is looked for: a value, a condition, a name, a state written."""

from __future__ import annotations

import re
from typing import NamedTuple

from rnnstep.breaks.conditions import Condition, Ruled
from rnnstep.breaks.parsing import parse_condition
from rnnstep.breaks.places import Place
from rnnstep.equations import dependencies
from rnnstep.errors import ExpressionError, InputError, RnnstepError, did_you_mean
from rnnstep.expressions import Expression
from rnnstep.finding.named import Named, called, entry, matching, places, read
from rnnstep.finding.queries import Names, Query, Times
from rnnstep.finding.written import written
from rnnstep.frame import Cursor
from rnnstep.labels import Labels
from rnnstep.model import Model

_PLACE = re.compile(r"(?P<name>[^\s\[\]]+)\s*(\[\s*(?P<unit>\d{1,9})\s*\])?")
_SIGNS = re.compile(r"[<>=()\[\]+*]")
"""What stands in a condition, and hardly in a name."""


class Asked(NamedTuple):
    """What is looked for, and how.

    Attributes:
        query: what is looked for.
        latest: whether from the cursor on, it included, and not around the run's end.
        forward: in which direction then.
    """

    query: Query
    latest: bool = False
    forward: bool = False


def asked(text: str, model: Model, labels: Labels, cursor: Cursor) -> Asked:
    """What a text asks for; see :meth:`rnnstep.Session.find`.

    Raises:
        ExpressionError: it is meant as a condition and is none, with the column.
        InputError: nothing is called so, or the value is no state.
    """
    return _Asking(model, labels, cursor).of(text)


class _Asking:
    def __init__(self, model: Model, labels: Labels, cursor: Cursor) -> None:
        self.model, self.labels, self.cursor = model, labels, cursor

    def of(self, text: str) -> Asked:
        word, rest = [*text.split(maxsplit=1), "", ""][:2]
        place = self._place(text)
        exact = [place] if place is not None else []
        exact += called(text, self.model, self.labels)
        if word == "written" and not exact:
            return self._written(rest)
        if word == "last" and rest and not exact:
            return Asked(Times(self._condition(rest)), latest=True)
        return Asked(Names(exact) if exact else self._by_name(text))

    def _by_name(self, text: str) -> Query:
        """A condition, or else a name."""
        try:
            condition = self._condition(text)
        except RnnstepError as error:
            mistake = error
        else:
            if not isinstance(condition, Ruled) or dependencies(condition.expression.node):
                return Times(condition)
            mistake = InputError(f"'{text}' is the same at every timestep")
        model = self.model
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
        return parse_condition(text, self.model, self.cursor.layer)

    def _place(self, text: str) -> Named | None:
        """The entry that a text names, by the whole name of its value or weight."""
        found = _PLACE.fullmatch(text)
        if found is None:
            return None
        model = self.model
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

    def _written(self, text: str) -> Asked:
        layer = self.model.layers[self.cursor.layer]
        place = Place(
            self.cursor.layer, layer.cell.equations[self.cursor.line].name, self.cursor.unit
        )
        if text:
            named = self._place(text)
            if named is None or named.place is None:
                raise InputError(f"'{text}' is no state: written takes one, such as c_t[3]")
            place = named.place
        model = self.model
        condition, meaning = written(model, place.layer, place.name, place.unit)
        told = f"{model.qualified(place.layer, place.name)}[{place.unit}] written, {meaning}"
        query = Times(self._condition(condition), told, place)
        # a layer against time's direction has come from later timesteps
        return Asked(query, latest=True, forward=model.layers[place.layer].reverse)

"""What a session says of where its numbers came from.

What answers is loaded when it is first asked: a start does not wait for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import suppress
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from rnnstep.errors import ExpressionError, InputError
from rnnstep.frame import Cursor
from rnnstep.playing import Change
from rnnstep.progress import Progress, last_of
from rnnstep.trace import INITIAL, Trace

if TYPE_CHECKING:
    from rnnstep.provenance import Cause, Inputs, Memory, Path


class Asking(ABC):
    """What a session says of where its numbers came from.

    Attributes:
        trace: the run.
        cursor: where it stands.
    """

    trace: Trace
    cursor: Cursor

    @abstractmethod
    def visit(self, cursor: Cursor) -> Change:
        """Go to a place, so that ``from_origin`` comes back."""

    @abstractmethod
    def unit_called(self, label: str) -> int:
        """The entry of this line's value that has a label."""

    def why(
        self,
        value: str = "",
        count: int | None = None,
        depth: int | None = None,
        breadth: int | None = None,
    ) -> Path:
        """What a number came from: through lines, layers and timesteps, the largest first.

        Args:
            value: a value's entry, ``c_t[3]``; a unit of the cursor's value, by number or label;
                the number at the cursor if empty.
            count: numbers to find at the most; as many as fit a page if ``None``.
            depth: lines to follow at the most.
            breadth: terms of a product, the largest, to follow.

        Raises:
            ExpressionError: the text is no entry of a value, with the column.
            InputError: the number has no value at this timestep.
        """
        from rnnstep.provenance import parts, path

        place = self._computed(value)
        found = path.unfold(
            self.trace, place, depth or path.DEPTH, parts.BREADTH if breadth is None else breadth
        )
        return path.Path(tuple(islice(found, path.COUNT if count is None else count)))

    def inputs(
        self, value: str = "", count: int | None = None, least: float | None = None
    ) -> Inputs:
        """The shares that the entries of the sequence have of a number, along all ways to it.

        Args:
            value: as :meth:`why` takes it.
            count: numbers to look into at the most.
            least: the share below which a number is not looked into.

        Raises:
            ExpressionError: the text is no entry of a value, with the column.
            InputError: the number has no value at this timestep.
        """
        found = last_of(self.seek_inputs(value, count, least))
        assert found is not None
        return found

    def seek_inputs(
        self, value: str = "", count: int | None = None, least: float | None = None
    ) -> Generator[Progress | Inputs, None, None]:
        """The same as :meth:`inputs` in parts: how far it is, and then the shares."""
        from rnnstep.provenance.inputs import LEAST, LOOKED_INTO, divided

        most = LOOKED_INTO if count is None else count
        place = self._computed(value)
        yield from divided(self.trace, place, most, LEAST if least is None else least)

    def memory(self, value: str = "", limit: int | None = None) -> Memory:
        """What each past timestep wrote to an entry of a state, and what is left of it.

        Args:
            value: a state's entry, ``c_t[3]``, or an entry alone, by number or label; the one at
                the cursor if empty. Of a layer's other values the same entry of its state is
                taken.
            limit: timesteps to look back at the most.

        Raises:
            ExpressionError: the text is no entry of a value, with the column.
            InputError: the state's next value is not a factor times the state, and a rest.
        """
        from rnnstep.provenance.memory import LIMIT, memory
        from rnnstep.provenance.places import is_unit, place_of, within

        said = self._by_number(value)
        place = place_of(self.trace, self.cursor, said)
        if place.t == INITIAL:
            raise InputError("before the first timestep nothing was written: go to one")
        state = self._state(place, said)
        count = prod(self.trace.model.layers[place.layer].shape(state))
        unit = within(place.unit, count) if is_unit(said) else min(place.unit, count - 1)
        return memory(
            self.trace, place.layer, state, unit, place.t, LIMIT if limit is None else limit
        )

    def goto_cause(self, cause: Cause) -> Change:
        """Go to the line that made a number, or that reads it if none did."""
        return self.visit(cause.cursor)

    def _state(self, place: Cursor, said: str) -> str:
        """The state that is meant at a place: its own if it was named, else one that is kept."""
        from rnnstep.provenance.memory import states_kept
        from rnnstep.provenance.places import is_unit

        layer = self.trace.model.layers[place.layer]
        own = layer.cell.equations[place.line].name
        kept = states_kept(layer)
        before = {after: state for state, after in layer.cell.carried.items()}
        named = bool(said) and not is_unit(said)
        if own in before and (named or before[own] in kept):
            return before[own]
        if before:
            return (kept or tuple(before.values()))[-1]
        raise InputError(f"layer {layer.name} carries nothing from one timestep to the next")

    def _computed(self, value: str) -> Cursor:
        """The place that a text means, which has a value."""
        from rnnstep.provenance.places import place_of, within

        place = place_of(self.trace, self.cursor, self._by_number(value))
        layer = self.trace.model.layers[place.layer]
        name = layer.cell.equations[place.line].name
        if name not in self.trace.frame(place.t).layers[place.layer]:
            raise InputError("before the first timestep this line has no value")
        return place.replaced(unit=within(place.unit, prod(layer.shape(name))))

    def _by_number(self, value: str) -> str:
        """The text; of a unit's label, that is no name of a value, the unit's number."""
        from rnnstep.provenance.places import place_of

        text = value.strip()
        try:
            place_of(self.trace, self.cursor, text)
        except ExpressionError:
            with suppress(InputError):
                return str(self.unit_called(text))
        return text

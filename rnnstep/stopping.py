"""A run that stops at breakpoints: forward to the next hit, backward to the one before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import TYPE_CHECKING

from rnnstep.breaks.breakpoints import Breakpoint, Breakpoints, Search, Stop
from rnnstep.errors import ExpressionError, InputError
from rnnstep.frame import Cursor
from rnnstep.playing import Change
from rnnstep.progress import Progress, last_of
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.breaks.conditions import Condition


class Stopping(ABC):
    """What a session does with its breakpoints.

    Attributes:
        trace: the run.
        cursor: where it stands.
        breakpoints: where it stops.
        stop: where it stopped last, while it still stands there.
    """

    trace: Trace
    cursor: Cursor
    breakpoints: Breakpoints
    stop: Stop | None = None

    @abstractmethod
    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""

    @abstractmethod
    def goto_number(self, layer: int, name: str, unit: int) -> Change:
        """Go to an entry of a layer's value."""

    def add_break(self, text: str, ignore: int = 0, once: bool = False) -> Breakpoint:
        """Stop where a condition holds.

        Args:
            text: an expression, ``abs(h_t[3]) > 0.9``, with a rule behind it, ``h_t[7] changes
                sign``, or a preset's name, ``nan``.
            ignore: how many hits, from the start of the run, are no stops.
            once: whether the breakpoint goes away when it has stopped.

        Raises:
            ExpressionError: the text is no condition of this model, with the column.
        """
        return self.breakpoints.add(self._condition(text), ignore, once)

    def seek(self, forward: bool = True) -> Search:
        """Look for the next stop, or the previous one, and go there.

        The search is made while it is iterated over, and given up when that ends early.

        Yields:
            how far it is, and then where it stopped, if anywhere.
        """
        for report in self.breakpoints.seek(self.trace, self.cursor.t, forward):
            if isinstance(report, Stop):
                self._arrive(report)
            yield report

    def continue_forward(self) -> Stop | None:
        """Go to the next timestep where a breakpoint stops; ``None`` if none does."""
        return last_of(self.seek())

    def continue_back(self) -> Stop | None:
        """Go to the previous timestep where a breakpoint stops; ``None`` if none does."""
        return last_of(self.seek(forward=False))

    def stop_here(self) -> Stop | None:
        """Go to the place of what stops at the cursor's own timestep; ``None`` if nothing does.

        A search leaves this timestep, so where it finds nothing this may be what was meant; not
        if a search has just ended here.
        """
        t, last = self.cursor.t, self.stop
        if t < 0 or (last and last.t == t and last.breakpoint in self.breakpoints.all):
            return None
        for report in self.breakpoints.seek(self.trace, t - 1):
            if isinstance(report, Stop) and report.t == t:
                self._arrive(report)
                return report
            if isinstance(report, Stop) or report.t > t:
                return None
        return None

    def holds(self, condition: str) -> bool:
        """Whether a condition holds at the cursor.

        Raises:
            ExpressionError: the text is no condition of this model, with the column.
            InputError: the cursor is before the first timestep.
        """
        parsed = self._condition(condition)
        t = self.cursor.t
        if t < 0:
            raise InputError("before the first timestep nothing can be asserted: go to one")
        if not parsed.sign:
            return bool(parsed.holds(self.trace, t, t + 1)[0])
        from rnnstep.breaks.hits import Hits

        hits = Hits(self.trace, parsed)
        for chunk in range(hits.chunks):
            hits.look(chunk)
        return hits.between(t, t + 1) == [t]

    def violation(self, condition: str, never: bool = False) -> int | None:
        """The first timestep of the run where a condition does not hold; ``None`` if there is none.

        Args:
            condition: as :meth:`add_break` takes it.
            never: whether it is to hold nowhere, and not everywhere.

        Raises:
            ExpressionError: the text is no condition of this model, with the column.
        """
        return last_of(self.seek_violation(condition, never))

    def seek_violation(
        self, condition: str, never: bool = False
    ) -> Generator[Progress | int, None, None]:
        """The same as :meth:`violation` in parts: how far it is, and then the timestep, if any."""
        parsed = self._condition(condition)
        if parsed.sign:
            raise ExpressionError("this holds at one timestep of every run", condition, 1)
        trace = self.trace
        for start in range(0, len(trace), trace.block):
            trace.run_ahead(start)
            found = parsed.holds(trace, start, min(start + trace.block, len(trace)))
            wrong = (found == never).nonzero()[0]
            if wrong.size:
                yield start + int(wrong[0])
                return
            yield Progress(start + len(found) - 1)

    def _condition(self, text: str) -> Condition:
        from rnnstep.breaks.parsing import parse_condition

        return parse_condition(text, self.trace.model, self.cursor.layer)

    def _arrive(self, stop: Stop) -> None:
        if stop.place is not None:
            self.goto_number(stop.place.layer, stop.place.name, stop.place.unit)
        self.goto(stop.t)
        self.stop = stop
        if stop.breakpoint.once:
            self.breakpoints.remove(stop.breakpoint.number)

"""A run that stops at breakpoints: forward to the next hit, backward to the one before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from rnnstep.breaks import Breakpoint, Breakpoints, Progress, Search, Stop, parse_condition
from rnnstep.frame import Cursor
from rnnstep.playing import Change
from rnnstep.trace import Trace


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
        condition = parse_condition(text, self.trace.model, self.cursor.layer)
        return self.breakpoints.add(condition, ignore, once)

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
        return _last(self.seek())

    def continue_back(self) -> Stop | None:
        """Go to the previous timestep where a breakpoint stops; ``None`` if none does."""
        return _last(self.seek(forward=False))

    def _arrive(self, stop: Stop) -> None:
        if stop.place is not None:
            self.goto_number(stop.place.layer, stop.place.name, stop.place.unit)
        self.goto(stop.t)
        self.stop = stop
        if stop.breakpoint.once:
            self.breakpoints.remove(stop.breakpoint.number)


def _last(reports: Iterator[Progress | Stop]) -> Stop | None:
    found: Progress | Stop | None = None
    for report in reports:
        found = report
    return found if isinstance(found, Stop) else None

"""Searches over the run that leave the screen alive: in slices, with progress, until Escape."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from rnnstep.breaks import Progress, Stop
from rnnstep.commands.breaks import arrived
from rnnstep.commands.table import BY_NAME
from rnnstep.tui.bars import NoteBar
from rnnstep.tui.breakpoints import BreakpointsPage
from rnnstep.tui.does import Does
from rnnstep.tui.frames import LONG

SLICE = 0.03
"""Seconds that a search may keep the screen waiting."""
_PAUSE = 0.001


class Searching(Does):
    """To the next stop and back; what stops where is looked for before it is asked, if short."""

    _reports: Iterator[Progress | Stop] | None = None
    _marking: Iterator[Progress] | None = None

    def do_continue(self, _: str) -> None:
        """To the next stop."""
        self._seek(forward=True)

    def do_reverse(self, _: str) -> None:
        """To the stop before."""
        self._seek(forward=False)

    def do_breakpoints(self, _: str) -> None:
        """All of them, to change or take away."""
        self.app.push_screen(BreakpointsPage(self.app.session), lambda _: self.breaks_changed())

    def breaks_changed(self) -> None:
        """Look for all that stops, so that the timeline shows it at once."""
        session = self.app.session
        short = len(session.trace) <= LONG
        self._marking = session.breakpoints.finish(session.trace) if short else None
        self._mark()
        self.app.frames.publish_soon()

    @property
    def searching(self) -> bool:
        """Whether a search is going on."""
        return self._reports is not None

    def give_up(self) -> None:
        """End a search that is going on; what it found out is kept."""
        if self._reports is not None:
            self._reports = None
            self._progress("")
            self.say("search given up")

    def _seek(self, forward: bool) -> None:
        self._reports = self.app.session.seek(forward)
        self._side = "after" if forward else "before"
        self._go_on()

    def _go_on(self) -> None:
        """Search for a while, then let the screen be drawn and keys be read."""
        until = monotonic() + SLICE
        for report in self._reports or ():
            if isinstance(report, Stop):
                self._end(report)
                return
            if monotonic() > until:
                last = len(self.app.session.trace) - 1
                key = self.app.keys.first(BY_NAME["out"])
                self._progress(f"looking at t {report.t} / {last}… {key} gives up")
                self.app.set_timer(_PAUSE, self._go_on)
                return
        if self._reports is not None:
            self._end(None)

    def _end(self, stop: Stop | None) -> None:
        self._reports = None
        self._progress("")
        self.say(arrived(self.app.session, stop, self._side).text)
        self.app.frames.publish_soon()

    def _mark(self) -> None:
        until = monotonic() + SLICE
        for _ in self._marking or ():
            if monotonic() > until:
                self.app.set_timer(_PAUSE, self._mark)
                return
        self._marking = None
        self.app.frames.publish_soon()

    def _progress(self, text: str) -> None:
        self.app.main.query_one(NoteBar).progress = text

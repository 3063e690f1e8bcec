"""Searches over the run that leave the screen alive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from rnnstep.breaks import Progress, Stop
from rnnstep.commands.action import Outcome
from rnnstep.commands.breaks import arrived
from rnnstep.commands.search import found
from rnnstep.finding import Found
from rnnstep.tui.breakpoints import BreakpointsPage
from rnnstep.tui.frames import LONG
from rnnstep.tui.slices import PAUSE, SLICE, Job, Slicing


class Searching(Slicing):
    """To what is looked for; what stops where is looked for before it is asked, if short."""

    _marking: Iterator[Progress] | None = None

    def do_continue(self, _: str) -> None:
        """To the next stop."""
        self._search(self.app.session.seek(), self._stopped("after"))

    def do_reverse(self, _: str) -> None:
        """To the stop before."""
        self._search(self.app.session.seek(forward=False), self._stopped("before"))

    def do_find(self, said: str) -> None:
        """To what is called so, or to where it holds."""
        self._search(self.app.session.find(said), self._found)

    def do_find_next(self, _: str) -> None:
        """To the next of it."""
        self._search(self.app.session.find_again(), self._found)

    def do_find_previous(self, _: str) -> None:
        """To the one before."""
        self._search(self.app.session.find_again(forward=False), self._found)

    def _stopped(self, side: str) -> Callable[[Progress | Stop | Found | None], Outcome]:
        session = self.app.session
        return lambda stop: arrived(session, stop if isinstance(stop, Stop) else None, side)

    def _found(self, one: Progress | Stop | Found | None) -> Outcome:
        return found(self.app.session, one if isinstance(one, Found) else None)

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

    def _search(
        self,
        reports: Iterator[Progress | Stop | Found],
        tell: Callable[[Progress | Stop | Found | None], Outcome],
    ) -> None:
        last: Progress | Stop | Found | None = None

        def steps() -> Iterator[None]:
            nonlocal last
            for last in reports:
                if not isinstance(last, Progress):
                    return
                yield

        def progress() -> tuple[str, str]:
            t = last.t if isinstance(last, Progress) else self.app.session.cursor.t
            return f"looking at t {t} / {len(self.app.session.trace) - 1}", ""

        def end() -> None:
            self.tell(tell(last))

        self.work(Job(steps(), progress, end, lambda _: self.say("search given up")))

    def _mark(self) -> None:
        until = monotonic() + SLICE
        for _ in self._marking or ():
            if monotonic() > until:
                self.app.set_timer(PAUSE, self._mark)
                return
        self._marking = None
        self.app.frames.publish_soon()

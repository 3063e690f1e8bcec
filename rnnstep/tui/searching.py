"""What goes through the run and leaves the screen alive: in slices, with progress, until a key."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from math import inf
from time import monotonic
from typing import Any, TypeVar

from rnnstep.errors import RnnstepError
from rnnstep.progress import Progress
from rnnstep.tui.breakpoints import BreakpointsPage
from rnnstep.tui.does import Does
from rnnstep.tui.frames import LONG
from rnnstep.tui.notebar import NoteBar

T = TypeVar("T")

SLICE = 0.03
"""Seconds that the screen may be kept waiting."""
_PAUSE = 0.001


class Searching(Does):
    """One thing at a time goes on; what stops where is looked for before it is asked, if short."""

    _parts: Generator[Any, None, None] | None = None
    _marking: Iterator[Progress] | None = None

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
    def going_on(self) -> bool:
        """Whether something goes through the run now."""
        return self._parts is not None

    def go_through(
        self,
        name: str,
        parts: Generator[Progress | T, None, None],
        end: Callable[[T | None], None],
        left: Callable[[bool], None] | None = None,
    ) -> None:
        """Do something part by part, between which the screen is drawn and keys are read.

        Args:
            name: what is done.
            parts: how far it is, again and again, and then what it ends with, if anything.
            end: takes that; or ``None`` where there is nothing, or it was given up.
            left: done instead where it is given up, told whether the key was for nothing else.

        Raises:
            RnnstepError: it cannot even begin.
        """
        self.finish()
        self._name, self._parts, self._end, self._left = name, parts, end, left
        self._slice()

    def finish(self) -> None:
        """Go on to the end at once: at the start, what comes next waits for it."""
        while self._parts is not None:
            self._slice(inf)

    def give_up(self, *, alone: bool = True) -> None:
        """End what goes on; a search keeps what it found out, a file is not written.

        Args:
            alone: whether the key is for nothing else.
        """
        if self._parts is None:
            return
        self._stop()
        if self._left is not None:
            self._left(alone)
        else:
            self._end(None)
            self.say(f"{self._name} given up")
        self.app.frames.publish_soon()

    def close(self) -> None:
        """End what goes on, where there is no screen any more."""
        if self._parts is not None:
            self._parts.close()
            self._parts = None

    def _stop(self) -> None:
        self.close()
        self._progress("")

    def _slice(self, seconds: float | None = None) -> None:
        """Go on for a while."""
        until = monotonic() + (SLICE if seconds is None else seconds)
        try:
            for part in self._parts or ():
                if not isinstance(part, Progress):
                    self._stop()
                    self._end(part)
                    self.app.frames.publish_soon()
                    return
                if monotonic() > until:
                    self._say_progress(part)
                    self.app.set_timer(_PAUSE, self._go_on)
                    return
        except RnnstepError:
            self._stop()
            raise
        if self._parts is not None:
            self._stop()
            self._end(None)
            self.app.frames.publish_soon()

    def _say_progress(self, part: Progress) -> None:
        place = part.text or f"at t {part.t} / {len(self.app.session.trace) - 1}"
        found = f" · {part.found}" if part.found else ""
        self._progress(f"{self._name}: {place}… any key gives up{found}")

    def _go_on(self) -> None:
        try:
            self._slice()
        except RnnstepError as error:
            self.app.complain(str(error))

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

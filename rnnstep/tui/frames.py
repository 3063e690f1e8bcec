"""When a frame is made: not more often than can be drawn, and by the clock while time runs."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.timer import Timer

from rnnstep.tui.notebar import NoteBar

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger

PAUSE = 1 / 30
"""Seconds between two frames at the least, so that keys are never kept waiting by drawing."""
FAR = 8
"""Blocks of timesteps, of some milliseconds each, that take long enough to be told of."""
LONG = 20_000
"""Timesteps that take long enough to be told of where all of them are looked at."""


class Frames:
    """Gives the newest frame to the app's panels.

    Args:
        app: whose session, and whose panels.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app
        self.slow = False
        """Whether drawing the next frame will take a while, and that is to be said first."""
        self._clock: Timer | None = None
        self._stale = False
        self._published = 0.0

    def publish_soon(self) -> None:
        """Publish at once, or after a pause if a frame was drawn just now.

        A key that is held down sends more than can be drawn: only the newest state is shown.
        """
        if self._stale:
            return
        self._stale = True
        wait = self._published + PAUSE - monotonic()
        if wait > 0:
            self.app.set_timer(wait, self.publish)
        else:
            self.app.call_later(self.publish)

    def publish(self) -> None:
        """Give the newest frame to the panels; where that takes a while, say so first."""
        app = self.app
        if not app.screen_stack:
            # a timer may end after the screen has been closed
            return
        if app.session.ahead > FAR * app.session.trace.block:
            self._stale = False
            self._run_on()
            return
        notes = app.main.query_one(NoteBar)
        if self.slow and not notes.working:
            notes.working, self.slow = True, False
            # nothing is drawn while a frame is computed, so the note has to be on the screen
            app.call_after_refresh(self.publish)
            return
        self._stale = False
        app.view = app.choices
        app.frame = app.session.frame()
        notes.working = False
        self._run_clock()
        self._published = monotonic()

    def _run_on(self) -> None:
        """Run to the cursor in parts, then show it; given up, the cursor goes back."""
        session, shows = self.app.session, self.app.shows
        if shows.going_on:
            # when that ends a frame is asked for again
            return
        shown = self.app.frame.cursor.t if self.app.frame else 0

        def arrived(there: bool | None) -> None:
            if not there:
                session.goto(shown)

        shows.go_through("run", session.run_on(), arrived)

    def _run_clock(self) -> None:
        playback = self.app.session.playback
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        if playback.playing:
            self._clock = self.app.set_timer(1 / playback.speed, self._tick)

    def _tick(self) -> None:
        self.app.session.tick()
        self.publish()

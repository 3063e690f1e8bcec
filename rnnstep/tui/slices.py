"""What takes long leaves the screen alive: slices, progress, and keys that end it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from textual.timer import Timer

from rnnstep.commands.table import BY_NAME
from rnnstep.errors import RnnstepError
from rnnstep.tui.bars import NoteBar
from rnnstep.tui.does import Does

SLICE = 0.03
"""Seconds that the screen may be kept waiting."""
PAUSE = 0.001


@dataclass(frozen=True)
class Job:
    """Something that takes long.

    Attributes:
        steps: does it, a little at a time.
        progress: how far it is, and what it has found out.
        end: what is done when it is at its end.
        left: what is done when it is given up, given whether the key was for nothing else.
    """

    steps: Iterator[object]
    progress: Callable[[], tuple[str, str]]
    end: Callable[[], None]
    left: Callable[[bool], None]


class Slicing(Does):
    """Does one job at a time, and lets the screen be drawn and keys be read in between."""

    _job: Job | None = None
    _next: Timer | None = None

    @property
    def working(self) -> bool:
        """Whether a job is being done."""
        return self._job is not None

    def work(self, job: Job) -> None:
        """Do a job from now on.

        Raises:
            RnnstepError: it cannot be done; said instead if that turns out later.
        """
        self._job = job
        self._go_on()

    def give_up(self, *, alone: bool = True) -> None:
        """End a job that is being done; what it found out is kept.

        Args:
            alone: whether the key is for nothing else.
        """
        if self._job is not None:
            job = self._job
            self._end()
            job.left(alone)

    def _go_on(self) -> None:
        if self._job is None:
            return
        until, job = monotonic() + SLICE, self._job
        try:
            for _ in job.steps:
                if monotonic() > until:
                    self._say_progress(*job.progress())
                    self._next = self.app.set_timer(PAUSE, self._go_on_later)
                    return
        except RnnstepError:
            self._end()
            raise
        self._end()
        job.end()
        self.app.frames.publish_soon()

    def _say_progress(self, doing: str, known: str) -> None:
        text = f"{doing}… {self.app.keys.first(BY_NAME['out'])} gives up"
        self.app.main.query_one(NoteBar).progress = f"{text} · {known}" if known else text

    def _go_on_later(self) -> None:
        if not self.app.screen_stack:
            # a timer may end after the screen has been closed
            return
        try:
            self._go_on()
        except RnnstepError as error:
            self.app.complain(str(error))

    def _end(self) -> None:
        self._job = None
        if self._next is not None:
            self._next.stop()
        self.app.main.query_one(NoteBar).progress = ""

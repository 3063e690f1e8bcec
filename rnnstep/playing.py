"""Time that runs by itself: play, pause and speed, for who has a cursor to move."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rnnstep.frame import Cursor, Playback
from rnnstep.trace import INITIAL, Trace

Change = frozenset[str]
"""The names of the :class:`Cursor` and :class:`Playback` fields that a method changed."""

SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Timesteps a second that play can run at."""


class Playing(ABC):
    """What a session does while time runs.

    Attributes:
        trace: the run.
        cursor: where it stands.
        playback: whether time runs, and how fast.
    """

    trace: Trace
    cursor: Cursor
    playback: Playback

    @abstractmethod
    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""

    @abstractmethod
    def step(self, count: int = 1) -> Change:
        """Go ``count`` timesteps forward, to the last at most."""

    def toggle_play(self) -> Change:
        """Play, or pause; at the end, play starts over."""
        playing = not self.playback.playing
        changed = self._set(self.playback.replaced(playing=playing))
        if playing and self.cursor.t == len(self.trace) - 1:
            changed |= self.goto(INITIAL)
        return changed

    def pause(self) -> Change:
        """Stop playing."""
        return self._set(self.playback.replaced(playing=False))

    def faster(self) -> Change:
        """Play at the next higher speed."""
        above = [speed for speed in SPEEDS if speed > self.playback.speed]
        return self._set(self.playback.replaced(speed=(above or SPEEDS[-1:])[0]))

    def slower(self) -> Change:
        """Play at the next lower speed."""
        below = [speed for speed in SPEEDS if speed < self.playback.speed]
        return self._set(self.playback.replaced(speed=(below or list(SPEEDS))[-1 if below else 0]))

    def tick(self, count: int = 1) -> Change:
        """Let ``count`` timesteps pass if playing; playing stops at the last one."""
        if not self.playback.playing:
            return Change()
        changed = self.step(count)
        return changed | self.pause() if self.cursor.t == len(self.trace) - 1 else changed

    def _set(self, playback: Playback) -> Change:
        before, self.playback = self.playback, playback
        return difference(before, playback)


def difference(before: Cursor | Playback, after: Cursor | Playback) -> Change:
    """The names of the fields that differ."""
    names = before.field_names
    return Change(name for name in names if getattr(before, name) != getattr(after, name))

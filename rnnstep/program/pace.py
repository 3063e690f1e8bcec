"""How long a timestep takes workers together, and one alone: whether others have their cores."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from rnnstep.program import workers

_SLOWER = 1.5
"""How many times as long as alone a timestep takes where other processes have a worker's core. Less
than that has other reasons, such as others' use of the same memory, and may be over at once."""


@dataclass
class Pace:
    """What is known of one work.

    Attributes:
        count: workers that do it together.
        best: seconds that a timestep takes them at best.
        alone: seconds that it took one of them last.
    """

    count: int
    best: float = inf
    alone: float = inf

    def done_together(self, taken: float, late: int) -> None:
        """Let callers work alone for a while where that is faster, see :func:`workers.pause`.

        Args:
            taken: seconds for a timestep.
            late: how often a worker had to wait for another one for long.
        """
        self.best = min(self.best, taken)
        # until it is known, and where it was slow itself: all workers' time
        alone = min(self.alone, self.count * self.best)
        if late and taken > _SLOWER * alone:
            workers.pause()
        else:
            workers.on_time()

"""The timesteps at which a condition holds, found chunk by chunk, each chunk once."""

from __future__ import annotations

import numpy as np

from rnnstep.breaks.conditions import Condition
from rnnstep.equations import Array
from rnnstep.trace import Trace


class Hits:
    """Where a condition holds in a run.

    Args:
        trace: the run.
        condition: what is looked for.

    Attributes:
        chunk: timesteps that are looked at together: those that are run together.
        chunks: how many such chunks the run has.
    """

    def __init__(self, trace: Trace, condition: Condition) -> None:
        self._trace, self._condition = trace, condition
        self.chunk = trace.block
        self.chunks = -(-len(trace) // self.chunk)
        self._found: dict[int, Array] = {}
        self._extreme: tuple[float, int] | None = None

    @property
    def complete(self) -> bool:
        """Whether the whole run has been looked at."""
        return len(self._found) == self.chunks

    @property
    def known(self) -> int:
        """How many hits have been found so far."""
        if self._condition.sign:
            return int(self.complete and self._extreme is not None)
        return sum(map(len, self._found.values()))

    def looked_at(self, chunk: int) -> bool:
        """Whether a chunk has been looked at."""
        return chunk in self._found

    def look(self, chunk: int) -> None:
        """Look at a chunk, unless that has been done."""
        if chunk in self._found:
            return
        start = chunk * self.chunk
        stop = min(start + self.chunk, len(self._trace))
        # backwards the next one is known already
        if chunk + 1 not in self._found:
            self._trace.run_ahead(start)
        found = self._condition.holds(self._trace, start, stop)
        if self._condition.sign:
            self._compare(found, start)
            self._found[chunk] = np.empty(0, int)
        else:
            self._found[chunk] = start + np.flatnonzero(found)

    def between(self, start: int, stop: int) -> list[int]:
        """The known hits from ``start`` to before ``stop``, in order."""
        if self._condition.sign:
            there = self.complete and self._extreme is not None
            place = self._extreme[1] if there and self._extreme else -1
            return [place] if start <= place < stop else []
        found: list[int] = []
        for chunk in range(max(start, 0) // self.chunk, min(-(-stop // self.chunk), self.chunks)):
            if chunk in self._found:
                found += [int(t) for t in self._found[chunk] if start <= t < stop]
        return found

    def _compare(self, strengths: Array, start: int) -> None:
        """Keep the strongest so far, the first of equals whatever the order of looking."""
        signed = np.where(np.isnan(strengths), -np.inf, strengths * self._condition.sign)
        at = int(np.argmax(signed))
        best = (float(signed[at]), start + at)
        before = self._extreme
        if np.isnan(strengths[at]):
            return
        if before is None or best[0] > before[0] or (best[0] == before[0] and best[1] < before[1]):
            self._extreme = best

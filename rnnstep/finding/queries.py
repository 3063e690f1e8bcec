"""What is looked for: the timesteps where a condition holds, or what is called something."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass

from rnnstep.breaks.breakpoints import Breakpoints, Stop
from rnnstep.breaks.conditions import Condition
from rnnstep.breaks.places import Place
from rnnstep.finding.named import Named
from rnnstep.progress import Progress
from rnnstep.trace import Trace


@dataclass(frozen=True)
class Found:
    """Where a search ended.

    Attributes:
        text: what was found.
        t: the timestep; ``None`` if it is at every one.
        place: the number that it is about, if it is about one.
        wrapped: whether the search went on at the other end.
    """

    text: str
    t: int | None = None
    place: Place | None = None
    wrapped: bool = False


Search = Generator[Progress | Found, None, None]
"""How far a search is, again and again, and at the end what was found, if anything."""


class Query(ABC):
    """What is looked for.

    Attributes:
        text: how it is told.
    """

    text: str

    @abstractmethod
    def seek(self, trace: Trace, t: int, forward: bool, around: bool = True) -> Search:
        """Look for the next after timestep ``t``, or for the one before.

        Args:
            trace: the run.
            t: where to begin; it is not looked at itself before all others are.
            forward: in which direction.
            around: whether to go on at the other end.
        """


class Times(Query):
    """The timesteps where a condition holds.

    Args:
        condition: what has to hold.
        text: how that is told; as it is written if empty.
        place: the number that it is about, if the condition does not say.
    """

    def __init__(self, condition: Condition, text: str = "", place: Place | None = None) -> None:
        self.text, self._place = text or condition.text, place
        self._breakpoints = Breakpoints()
        self._breakpoints.add(condition)

    def seek(self, trace: Trace, t: int, forward: bool, around: bool = True) -> Search:
        """See :meth:`Query.seek`."""
        ends = [t, -1 if forward else len(trace)]
        for wrapped, begin in enumerate(ends if around else ends[:1]):
            for report in self._breakpoints.seek(trace, begin, forward):
                if isinstance(report, Stop):
                    place = self._place or report.place
                    yield Found(self.text, report.t, place, bool(wrapped))
                    return
                yield report


class Names(Query):
    """What is called something.

    Args:
        named: all that is, at least one.
    """

    def __init__(self, named: list[Named]) -> None:
        self._named, self.text = named, named[0].name
        self._at: int | None = None
        self._timed = all(one.t is not None for one in named)

    def seek(self, trace: Trace, t: int, forward: bool, around: bool = True) -> Search:  # noqa: ARG002
        """See :meth:`Query.seek`; what has no timestep comes in the order of the model."""
        count, step = len(self._named), 1 if forward else -1
        if self._timed:
            times = [one.t if one.t is not None else -1 for one in self._named]
            after = [n for n, at in enumerate(times) if (at - t) * step > 0]
            at = after[0 if forward else -1] if after else (0 if forward else count - 1)
            wrapped = not after
        else:
            at = 0 if self._at is None else (self._at + step) % count
            wrapped = self._at is not None and (at - self._at) * step <= 0
        self._at = at
        one = self._named[at]
        which = f" ({at + 1} of {count})" if count > 1 else ""
        yield Found(f"{one.kind} {one.name}{which}", one.t, one.place, wrapped)

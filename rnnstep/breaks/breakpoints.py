"""A session's breakpoints, and the search for the next or previous timestep where one stops."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rnnstep.errors import InputError
from rnnstep.progress import Progress
from rnnstep.record import Record
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.breaks.conditions import Condition
    from rnnstep.breaks.hits import Hits
    from rnnstep.breaks.places import Place


class Breakpoint(Record):
    """A condition at which a run stops.

    Attributes:
        number: what it is called, from 1; no number is used twice.
        condition: when it stops.
        enabled: whether it does.
        ignore: how many hits, from the start of the run, it lets pass.
        once: whether it goes away when it has stopped.
    """

    number: int
    condition: Condition
    enabled: bool = True
    ignore: int = 0
    once: bool = False


class Stop(Record):
    """Where a search ended.

    Attributes:
        t: the timestep.
        breakpoint: which one holds there; the first of several.
        place: the number that it is about, if it is about one.
    """

    t: int
    breakpoint: Breakpoint
    place: Place | None


Search = Generator[Progress | Stop, None, None]
"""How far a search is, again and again, and at the end where it stopped, if anywhere."""


class Breakpoints:
    """The breakpoints of a session, in the order of their numbers."""

    def __init__(self) -> None:
        self.all: tuple[Breakpoint, ...] = ()
        self._last = 0
        self._hits: WeakKeyDictionary[Trace, dict[str, Hits]] = WeakKeyDictionary()

    def add(self, condition: Condition, ignore: int = 0, once: bool = False) -> Breakpoint:
        """Add one, or give the one that has this condition another ignore count."""
        for known in self.all:
            if known.condition.text == condition.text:
                return self._change(known.replaced(enabled=True, ignore=ignore, once=once))
        self._last += 1
        added = Breakpoint(self._last, condition, True, ignore, once)
        self.all += (added,)
        return added

    def remove(self, number: int) -> Breakpoint:
        """Take one away.

        Raises:
            InputError: none has this number.
        """
        found = self.get(number)
        self.all = tuple(known for known in self.all if known is not found)
        return found

    def clear(self) -> None:
        """Take all away."""
        self.all = ()

    def enable(self, number: int, enabled: bool) -> Breakpoint:
        """Let one stop, or pass.

        Raises:
            InputError: none has this number.
        """
        return self._change(self.get(number).replaced(enabled=enabled))

    def ignore(self, number: int, count: int) -> Breakpoint:
        """Let one pass its first ``count`` hits of the run.

        Raises:
            InputError: none has this number, or the count is negative.
        """
        if count < 0:
            raise InputError(f"a breakpoint cannot ignore {count} hits")
        return self._change(self.get(number).replaced(ignore=count))

    def get(self, number: int) -> Breakpoint:
        """The one with a number.

        Raises:
            InputError: none has it.
        """
        for known in self.all:
            if known.number == number:
                return known
        numbers = ", ".join(str(known.number) for known in self.all) or "there are none"
        raise InputError(f"no breakpoint {number}: {numbers}")

    def _change(self, changed: Breakpoint) -> Breakpoint:
        self.all = tuple(changed if b.number == changed.number else b for b in self.all)
        return changed

    def hits(self, trace: Trace, breakpoint: Breakpoint) -> Hits:
        """What is known of where its condition holds."""
        of_trace = self._hits.setdefault(trace, {})
        text = breakpoint.condition.text
        if text not in of_trace:
            from rnnstep.breaks.hits import Hits

            of_trace[text] = Hits(trace, breakpoint.condition)
        return of_trace[text]

    def seek(self, trace: Trace, t: int, forward: bool = True) -> Search:
        """Look for the next timestep after ``t`` where one stops, or the previous before it.

        A search can be given up between two of its reports; what it found out is kept.

        Yields:
            how far it is, at least once a chunk of the run, and then the stop, if there is one.
        """
        enabled = [known for known in self.all if known.enabled]
        last = len(trace) - 1
        start, stop = (t + 1, last) if forward else (0, min(t - 1, last))
        if not enabled or start > stop:
            return
        size = trace.block
        chunks = range(start // size, stop // size + 1)
        for chunk in chunks if forward else reversed(chunks):
            for known in enabled:
                yield from self._prepare(self.hits(trace, known), known, chunk)
            yield Progress(chunk * size)
            begin, end = max(start, chunk * size), min(stop + 1, (chunk + 1) * size)
            found = [(at, b) for b in enabled for at in self.stops(trace, b, begin, end)]
            if found:
                sign = 1 if forward else -1
                # of several at one timestep the one with the lowest number
                at, which = min(found, key=lambda one: (sign * one[0], one[1].number))
                yield Stop(at, which, which.condition.place(trace, at))
                return

    def _prepare(self, hits: Hits, breakpoint: Breakpoint, chunk: int) -> Iterator[Progress]:
        """Look at a chunk, and first at what has to be known to tell what stops there."""
        needed = range(chunk, chunk + 1)
        if breakpoint.condition.sign:
            needed = range(hits.chunks)
        elif breakpoint.ignore:
            needed = range(chunk + 1)
        for number in needed:
            if not hits.looked_at(number):
                hits.look(number)
                yield Progress(number * hits.chunk)

    def stops(self, trace: Trace, breakpoint: Breakpoint, start: int, stop: int) -> list[int]:
        """The known timesteps from ``start`` to before ``stop`` where one stops, in order."""
        hits = self.hits(trace, breakpoint)
        found = hits.between(start, stop)
        if not breakpoint.ignore or not found:
            return found
        if not all(map(hits.looked_at, range(-(-start // hits.chunk)))):
            return []
        return found[max(breakpoint.ignore - len(hits.between(0, start)), 0) :]

    def marks(self, trace: Trace, start: int, stop: int) -> list[int]:
        """The known timesteps from ``start`` to before ``stop`` where an enabled one stops."""
        enabled = (known for known in self.all if known.enabled)
        return sorted({t for known in enabled for t in self.stops(trace, known, start, stop)})

    def finish(self, trace: Trace) -> Iterator[Progress]:
        """Look at the whole run for every enabled one, so that all marks are known."""
        for known in self.all:
            hits = self.hits(trace, known)
            for chunk in range(hits.chunks) if known.enabled else ():
                if not hits.looked_at(chunk):
                    hits.look(chunk)
                    yield Progress(chunk * hits.chunk)

"""Threads that do parts of one work at the same time, for one caller at a time."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from threading import Lock, get_native_id
from time import monotonic
from typing import Any, TypeVar

from rnnstep.program.crew import Call, Crew

T = TypeVar("T")

MOST = 8
"""Workers at the most: they wait for each other several times in a timestep."""

WORTH = 2_000_000
"""Products of numbers, about 0.1 ms, from which on it pays to call the other workers."""

_SETTINGS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
"""How users say how many threads numerical libraries may have."""

_SHORT, _LONG, _LONGER = 0.01, 3.0, 4
"""Seconds for which callers work alone once workers had to wait for others' processes: at first,
for some are gone at once, and at the most; and so many times as long each time it happens again."""


@dataclass
class _Team:
    """The threads and whose they are.

    Attributes:
        busy: held by who has claimed them.
        threads: their numbers in the system.
        apart: the core that they keep off, and how many of them do.
        until: the time before which nobody gets them.
        pause: seconds of the next pause.
    """

    busy: Lock = field(default_factory=Lock)
    threads: list[int] = field(default_factory=list)
    apart: tuple[int, int] = (-1, 0)
    until: float = 0.0
    pause: float = _SHORT


_team = _Team()


@cache
def count() -> int:
    """How many workers there may be: cores that this process may use, or what the user set."""
    if os.name != "posix":
        # the machine's waiting leaves the processor by a function of POSIX
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    given = [int(found) for name in _SETTINGS if (found := os.environ.get(name, "")).isdecimal()]
    return max(min(cores or 1, MOST, *given), 1)


class claimed:  # noqa: N801
    """Whether the workers are the caller's for now, for a ``with`` block.

    Not if there is too little to do for them, nor where another caller has them: those that wait
    for each other must run at the same time, so two works cannot share them. See :func:`pause`.

    Args:
        operations: the products of numbers that are to be computed, about.
    """

    def __init__(self, operations: int) -> None:
        self._worth = operations >= WORTH and count() > 1 and monotonic() >= _team.until

    def __enter__(self) -> bool:
        self._free = self._worth and _team.busy.acquire(blocking=False)
        return self._free

    def __exit__(self, *_: object) -> None:
        if self._free:
            _team.busy.release()


def pause() -> None:
    """Let callers work alone for a while: the cores have other things to do."""
    _team.until = monotonic() + _team.pause
    _team.pause = min(_LONGER * _team.pause, _LONG)


def on_time() -> None:
    """Nobody had to wait: the next pause is a short one again."""
    _team.pause = _SHORT


def spread(work: Callable[[slice], None], length: int, operations: int, multiple: int = 1) -> None:
    """Do the same for all of ``length`` rows, on all workers if it is worth it.

    Args:
        work: does it for some rows, whichever other rows are done at the same time.
        length: how many there are.
        operations: the products of numbers for a row, about.
        multiple: parts begin at a multiple of it.
    """
    with claimed(length * operations) as free:
        groups, parts = -(-length // multiple), count() if free else 1
        bounds = [multiple * (n * groups // parts) for n in range(parts + 1)]
        at_once(work, [(slice(*bound),) for bound in pairwise(bounds)])


def at_once(
    work: Callable[..., T],
    parts: Sequence[tuple[Any, ...]],
    give_up: Callable[[], None] = lambda: None,
    in_turns: bool = False,
) -> list[T]:
    """Call ``work`` with the arguments of each part, each on a worker of its own.

    Only for who has :func:`claimed` them, if there are several; at most :func:`count`.

    Args:
        work: what each of them does.
        parts: the first of them is the caller's own.
        give_up: called if the caller's part fails, such as by Ctrl-C before it began; then the
            others must come to an end, which is waited for.
        in_turns: whether each needs the interpreter again and again for a moment.

    Returns:
        what each call gives.
    """
    if len(parts) == 1:
        return [work(*parts[0])]
    others = [Call(work, part) for part in parts[1:]]
    try:
        _leave_callers_core()
        for other in others:
            _crew().begin(other)
        with _staying() if in_turns else nullcontext():
            return [work(*parts[0]), *[other.result() for other in others]]
    except BaseException:
        give_up()
        for other in others:
            other.call_off()
            other.wait()
        raise


@cache
def _crew() -> Crew:
    return Crew("rnnstep-worker", count() - 1, lambda: _team.threads.append(get_native_id()))


def _leave_callers_core() -> None:
    """Keep the other threads off the core that this one runs on.

    They wake up to work for a few milliseconds, too short for the system to see that they
    share a core with who waits for them.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    apart = core, _ = _core(), len(_team.threads)
    if apart == _team.apart:
        return
    _team.apart = apart
    others = os.sched_getaffinity(0) - {core}
    for thread in _team.threads if others else ():
        os.sched_setaffinity(thread, others)


@contextmanager
def _staying() -> Iterator[None]:
    """Keep the caller on the core that the other threads keep off.

    Who waits for the interpreter is drawn to the core of the thread that had it, and would then
    wait there until that has done its work, with a core idle. Threads that start meanwhile would
    stay there, too: the pool's have started before.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {_team.apart[0]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _core() -> int:
    return int(_library().sched_getcpu())


def aside(work: Callable[[], T]) -> Call[T]:
    """Have a thread of its own do it, after all that was given to it before.

    Only where there are several workers: the caller goes on at the same time.
    """
    call = Call(work, ())
    _aside().begin(call)
    return call


@cache
def _aside() -> Crew:
    return Crew("rnnstep-aside", 1)


def forget() -> None:
    """Start with new threads: a forked process has none of the old ones."""
    vars(_team).update(vars(_Team()))
    _crew.cache_clear()
    _aside.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)

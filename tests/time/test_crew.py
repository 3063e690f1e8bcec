"""Threads that wait for calls: each is done once or called off, and nobody waits in vain."""

from __future__ import annotations

import gc
from collections.abc import Callable
from threading import Event, active_count, get_ident
from time import monotonic, sleep
from weakref import ref

import pytest

from rnnstep.program.crew import Call, Crew

ENOUGH = 10.0
"""Seconds after which something has not happened."""


def crew(count: int = 1) -> Crew:
    return Crew("test", count)


def test_calls_are_done_on_threads_of_their_own() -> None:
    threads: list[int] = []
    together, team = [Event(), Event()], Crew("test", 2, lambda: threads.append(get_ident()))

    def meet(own: int) -> int:
        together[own].set()
        assert together[1 - own].wait(ENOUGH)
        return get_ident()

    calls = [Call(meet, (own,)) for own in range(2)]
    for call in calls:
        team.begin(call)
    assert {call.result() for call in calls} == set(threads)
    assert get_ident() not in threads


def test_a_result_is_there_as_often_as_it_is_asked_for() -> None:
    team, call = crew(), Call(divmod, (7, 2))
    team.begin(call)
    assert [call.result(), call.result()] == [(3, 1), (3, 1)]


def test_what_a_call_raises_is_raised_where_its_result_is_wanted() -> None:
    team, fails, follows = crew(), Call(divmod, (7, 0)), Call(divmod, (7, 2))
    for call in (
        fails,
        follows,
    ):
        team.begin(call)
    with pytest.raises(ZeroDivisionError):
        fails.result()
    assert follows.result() == (3, 1)


def test_a_call_that_is_called_off_is_never_done() -> None:
    done: list[int] = []
    team, busy, last = crew(), Event(), Event()
    off: Call[None] = Call(done.append, (1,))
    for call in (
        Call(busy.wait, (ENOUGH,)),
        off,
        Call(last.set, ()),
    ):
        team.begin(call)
    off.call_off()
    busy.set()
    assert last.wait(ENOUGH)
    assert not done


def test_what_has_begun_is_not_called_off_and_can_be_waited_for() -> None:
    """Its arrays are the caller's, who may be about to give them to somebody else."""
    begun, done = Event(), list[int]()

    def work() -> None:
        begun.set()
        sleep(0.05)
        done.append(1)

    team, call = crew(), Call(work, ())
    team.begin(call)
    assert begun.wait(ENOUGH)
    call.call_off()
    call.wait()
    assert done


def test_who_calls_off_what_nobody_was_given_does_not_wait() -> None:
    call = Call(divmod, (7, 2))
    call.call_off()
    call.run()
    call.call_off()
    call.wait()
    with pytest.raises(RuntimeError, match="called off"):
        call.result()


class Array:
    """Something large."""


def test_a_thread_keeps_nothing_of_a_call_that_has_ended() -> None:
    team, large = crew(), Array()
    seen, call = ref(large), Call(id, (large,))
    team.begin(call)
    call.result()
    del large, call
    # the thread lets go of it a moment after the result is there
    assert _in_time(lambda: seen() is None)


def test_threads_end_with_the_crew() -> None:
    before = active_count()
    team = crew(3)
    assert _in_time(lambda: active_count() == before + 3)
    del team
    assert _in_time(lambda: active_count() == before)


def _in_time(holds: Callable[[], bool]) -> bool:
    end = monotonic() + ENOUGH
    while not holds():
        if monotonic() > end:
            return False
        gc.collect()
        sleep(0.001)
    return True

"""Workers: all of a work is done once, for one caller at a time, on as many as the user allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import inf
from threading import Thread, get_ident, get_native_id

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep.program import workers
from rnnstep.program.pace import Pace


@pytest.fixture(autouse=True)
def _two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two workers, however many cores there are."""
    monkeypatch.setattr(workers, "count", lambda: 2)
    workers.forget()
    yield
    workers.forget()


@given(st.integers(0, 100), st.integers(1, 5), st.sampled_from([0, workers.WORTH]))
def test_each_row_is_done_once(length: int, multiple: int, operations: int) -> None:
    done: list[int] = []

    def work(rows: slice) -> None:
        assert rows.start % multiple == 0
        done.extend(range(rows.start, min(rows.stop, length)))

    workers.spread(work, length, operations, multiple)
    assert sorted(done) == list(range(length))


def test_large_work_is_done_by_two_threads() -> None:
    threads: set[int] = set()
    workers.spread(lambda _: threads.add(get_ident()), 2, workers.WORTH)
    assert len(threads) == 2


def test_small_work_is_done_by_the_caller() -> None:
    threads: list[int] = []
    workers.spread(lambda _: threads.append(get_ident()), 2, 1)
    assert threads == [get_ident()]


def test_who_comes_second_works_alone() -> None:
    """Two works that both wait for all of their workers would wait forever."""
    seen: list[bool] = []

    def second() -> None:
        with workers.claimed(workers.WORTH) as free:
            seen.append(free)

    with workers.claimed(workers.WORTH) as free:
        other = Thread(target=second)
        other.start()
        other.join()
    second()
    assert (free, seen) == (True, [False, True])


def test_what_fails_in_a_worker_fails_for_the_caller() -> None:
    def work(rows: slice) -> None:
        if rows.start:
            raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        workers.spread(work, 2, workers.WORTH)
    with workers.claimed(workers.WORTH) as free:
        assert free


def test_a_forked_process_has_workers_of_its_own() -> None:
    threads: set[int] = set()
    with workers.claimed(workers.WORTH) as free:
        assert free
        workers.at_once(lambda _: threads.add(get_native_id()), [(0,), (1,)])
    workers.forget()
    workers.spread(lambda _: threads.add(get_native_id()), 2, workers.WORTH)
    assert len(threads) == 3


@pytest.mark.parametrize(
    ("setting", "most"), [({}, 8), ({"OMP_NUM_THREADS": "1"}, 1), ({"NUMBA_NUM_THREADS": "3"}, 3)]
)
def test_there_are_as_many_as_the_user_allows(
    setting: dict[str, str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    for name in workers._SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    workers.count.cache_clear()
    try:
        assert workers.count() == most
    finally:
        workers.count.cache_clear()


def test_who_had_to_wait_works_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(workers, "monotonic", lambda: now)

    def free_at(time: float) -> bool:
        nonlocal now
        now = time
        with workers.claimed(workers.WORTH) as free:
            return free

    workers.pause()
    assert [free_at(100 + after) for after in (0.009, 0.011)] == [False, True]
    workers.pause()
    assert [free_at(100.011 + after) for after in (0.039, 0.041)] == [False, True]
    for _ in range(9):
        workers.pause()
    assert [free_at(100.052 + after) for after in (2.9, 3.1)] == [False, True]
    workers.on_time()
    workers.pause()
    assert [free_at(103.152 + after) for after in (0.009, 0.011)] == [False, True]


@pytest.mark.parametrize(
    ("alone", "taken", "late", "pauses"),
    [
        # another program's use of the memory makes all slower: alone it would take longer still
        (inf, 2.9, 5, False),
        (2.5, 2.9, 5, False),
        # a worker that shares its core keeps all of them waiting
        (inf, 3.1, 5, True),
        (1.2, 2.0, 5, True),
        # slow, but nobody had to wait for another
        (1.2, 9.0, 0, False),
        # alone it was slow at the time: that says nothing now
        (50.0, 3.1, 5, True),
    ],
)
def test_cores_are_left_only_where_alone_it_is_faster(
    monkeypatch: pytest.MonkeyPatch, alone: float, taken: float, late: int, pauses: bool
) -> None:
    paused: list[bool] = []
    monkeypatch.setattr(workers, "pause", lambda: paused.append(True))
    pace = Pace(2, best=1.0, alone=alone)
    pace.done_together(taken, late)
    assert bool(paused) == pauses


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nobody says who runs where")
def test_the_caller_keeps_its_core_while_others_take_turns_with_it() -> None:
    """Else it is drawn to the core of the thread that it waits for the interpreter with."""
    before = os.sched_getaffinity(0)
    cores: dict[int, set[int]] = {}

    def work(which: int) -> None:
        cores[which] = os.sched_getaffinity(0)

    # a thread that begins is told the next time
    for _ in range(2):
        with workers.claimed(workers.WORTH):
            workers.at_once(work, [(0,), (1,)], in_turns=True)
    assert len(cores[0]) == 1
    assert cores[1] == before - cores[0] or len(before) == 1
    assert os.sched_getaffinity(0) == before


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nobody says who runs where")
def test_a_caller_whose_work_fails_may_run_anywhere_again() -> None:
    before = os.sched_getaffinity(0)

    def work() -> None:
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"), workers.claimed(workers.WORTH):
        workers.at_once(work, [(), ()], in_turns=True)
    assert os.sched_getaffinity(0) == before

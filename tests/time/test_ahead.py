"""What another thread makes ahead: each thing once, in order, and its error for who takes it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, current_thread, get_ident

import pytest

from rnnstep.ahead import Ahead
from rnnstep.program import workers


@pytest.fixture(autouse=True)
def _new_threads() -> Iterator[None]:
    workers.forget()
    yield
    workers.forget()


def test_things_are_made_in_order_by_one_other_thread() -> None:
    made: list[tuple[int, int]] = []

    def make(number: int) -> str:
        made.append((number, get_ident()))
        return str(number)

    ahead: Ahead[str] = Ahead()
    for number in (3, 1, 2):
        ahead.begin(number, lambda number=number: make(number))  # type: ignore[misc]
    assert [ahead.take(number) for number in (1, 2, 3)] == ["1", "2", "3"]
    assert [number for number, _ in made] == [3, 1, 2]
    threads = {thread for _, thread in made}
    assert len(threads) == 1
    assert get_ident() not in threads


def test_what_was_taken_or_never_begun_is_not_there() -> None:
    ahead: Ahead[int] = Ahead()
    ahead.begin(0, lambda: 7)
    assert 0 in ahead
    assert 1 not in ahead
    assert ahead.take(0) == 7
    assert 0 not in ahead
    assert ahead.take(0) is None


def test_one_may_be_made_of_the_one_before() -> None:
    ahead: Ahead[int] = Ahead()
    ahead.begin(0, lambda: 20)
    before = ahead.coming(0)
    ahead.begin(1, lambda: before() + 1)
    assert ahead.take(0) == 20
    assert ahead.take(1) == 21


def test_what_is_forgotten_before_its_turn_is_not_made() -> None:
    go_on, begun, made = Event(), Event(), list[int]()

    def wait() -> int:
        begun.set()
        go_on.wait(10)
        made.append(0)
        return 0

    ahead: Ahead[int] = Ahead()
    ahead.begin(0, wait)
    for number in (1, 2):
        ahead.begin(number, lambda number=number: made.append(number) or number)  # type: ignore[func-returns-value, misc]
    assert begun.wait(10)
    ahead.forget(but=range(2, 3))
    assert 0 not in ahead
    assert 1 not in ahead
    go_on.set()
    assert ahead.take(2) == 2
    assert made == [0, 2]


def test_an_error_is_raised_for_who_takes_it_once() -> None:
    def fail() -> str:
        raise MemoryError("there")

    ahead: Ahead[str] = Ahead()
    ahead.begin(0, fail)
    before = ahead.coming(0)
    ahead.begin(1, lambda: before() + "!")
    with pytest.raises(MemoryError, match="there"):
        ahead.take(0)
    assert ahead.take(0) is None
    assert ahead.take(1) is None
    ahead.begin(0, lambda: current_thread().name)
    assert (ahead.take(0) or "").startswith("rnnstep-aside")

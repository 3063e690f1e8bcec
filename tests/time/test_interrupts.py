"""Ctrl-C is not lost where a library swallows it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from signal import SIGINT, default_int_handler, getsignal, raise_signal, signal

import pytest

from rnnstep.program.interrupts import heeded


def swallow() -> None:
    """As LLVM's calls of Python do."""
    with suppress(KeyboardInterrupt):
        raise_signal(SIGINT)


def test_what_is_swallowed_is_raised_at_the_end() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), heeded():
        raise_signal(SIGINT)
        swallow()
        done.append("the rest")
    assert done == ["the rest"]
    assert getsignal(SIGINT) is default_int_handler


def test_pressed_once_it_waits_for_the_end() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), heeded():
        raise_signal(SIGINT)
        done.append("the rest")
    assert done == ["the rest"]
    assert getsignal(SIGINT) is default_int_handler


def test_pressed_twice_it_is_raised_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), heeded():
        raise_signal(SIGINT)
        raise_signal(SIGINT)
        pytest.fail("this is reached")
    assert getsignal(SIGINT) is default_int_handler


def test_without_ctrl_c_nothing_is_raised() -> None:
    with heeded():
        pass
    assert getsignal(SIGINT) is default_int_handler


def test_who_handles_it_otherwise_goes_on_doing_so() -> None:
    handled = []
    before = signal(SIGINT, lambda number, _: handled.append(number))
    try:
        with heeded():
            raise_signal(SIGINT)
    finally:
        signal(SIGINT, before)
    assert handled == [SIGINT]


def test_beside_the_screen_nothing_is_changed() -> None:
    """Only the main thread is told of signals."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(heeded().__enter__).result()
    assert getsignal(SIGINT) is default_int_handler

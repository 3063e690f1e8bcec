"""Threads that wait for calls, as those of concurrent.futures do, in fewer steps.

Works of a few milliseconds call them, and each step is slow: their data fills the caches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, TypeVar
from weakref import finalize

T = TypeVar("T")


class Call(Generic[T]):
    """Something to do, once, on another thread.

    Args:
        work: what is called.
        arguments: what with.
    """

    def __init__(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> None:
        self._work, self._arguments = work, arguments
        self._begun, self._running = Lock(), Lock()
        self._running.acquire()
        self._found: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do it, unless it was called off."""
        if not self._begun.acquire(blocking=False):
            return
        try:
            self._found.append(self._work(*self._arguments))
        except BaseException as error:
            self._error = error
        self._running.release()

    def result(self) -> T:
        """What it gave, once it has; it waits for that.

        Raises:
            BaseException: what it raised.
            RuntimeError: it was called off.
        """
        self.wait()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def call_off(self) -> None:
        """Have it never begin, if it has not yet."""
        if self._begun.acquire(blocking=False):
            self._error = RuntimeError("called off")
            self._running.release()

    def wait(self) -> None:
        """Wait until it has ended, or was called off."""
        with self._running:
            pass


Calls = SimpleQueue[Call[Any] | None]
"""Those that are to be done, and for each thread that is to end a ``None``."""


class Crew:
    """Threads that end with this object, or with the process, once all calls are done.

    Args:
        name: of each thread.
        count: how many.
        enter: what each does first.
    """

    def __init__(self, name: str, count: int, enter: Callable[[], object] = lambda: None) -> None:
        calls = self._calls = Calls()
        threads = [Thread(None, _serve, name, (calls, enter), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        finalize(self, _end, calls, threads)

    def begin(self, call: Call[Any]) -> None:
        """Have it done by the next thread that has nothing to do."""
        self._calls.put(call)


def _serve(calls: Calls, enter: Callable[[], object]) -> None:
    enter()
    while call := calls.get():
        call.run()
        # or it would be kept, with all that it has, until the next one
        del call


def _end(calls: Calls, threads: Sequence[Thread]) -> None:
    # compiled code that comes back to an interpreter that is gone takes the process with it
    for _ in threads:
        calls.put(None)
    for thread in threads:
        thread.join()

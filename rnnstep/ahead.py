"""What another thread makes before it is asked for, one thing after the other."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from rnnstep.program.crew import Call

T = TypeVar("T")


class Ahead(Generic[T]):
    """Things by their numbers, each made once; who takes one waits until it is made."""

    def __init__(self) -> None:
        self._coming: dict[int, Call[T]] = {}

    def __contains__(self, number: object) -> bool:
        """Whether it is made, or going to be."""
        return number in self._coming

    def begin(self, number: int, make: Callable[[], T]) -> None:
        """Have it made once all that was begun before is made."""
        from rnnstep.program import workers

        self._coming[number] = workers.aside(make)

    def coming(self, number: int) -> Callable[[], T]:
        """What waits for it and gives it, and leaves it to be taken."""
        return self._coming[number].result

    def take(self, number: int) -> T | None:
        """The thing, which is no longer kept here; ``None`` if it was not begun.

        Raises:
            Exception: what making it raised; those begun after it, made of it, are forgotten.
        """
        call = self._coming.pop(number, None)
        if call is None:
            return None
        try:
            return call.result()
        except BaseException:
            self.forget()
            raise

    def forget(self, but: Container[int] = ()) -> None:
        """Keep none of them, and make none that is not being made yet.

        Args:
            but: those that are made and kept all the same.
        """
        for number in [number for number in self._coming if number not in but]:
            self._coming.pop(number).call_off()

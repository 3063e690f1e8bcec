"""What a part of a session file is: how it is made of something, and given back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from rnnstep.errors import InputError

T = TypeVar("T")


class Kept(str):
    """What of a part cannot be used now, and is saved again as it is: nothing of it is lost."""

    __slots__ = ()


@dataclass(frozen=True)
class Part(Generic[T]):
    """One part of a session file.

    Attributes:
        write: makes it, of what JSON has; what is empty is not saved.
        read: gives it back, and says what of it cannot be used, one line each. It may raise
            :class:`InputError` for all of it.
    """

    write: Callable[[T], Any]
    read: Callable[[T, Any], Iterable[str]]


@dataclass(frozen=True)
class Bound:
    """A part of something that is there."""

    write: Callable[[], Any]
    read: Callable[[Any], Iterable[str]]


def bound(parts: Mapping[str, Part[T]], of: T) -> dict[str, Bound]:
    """The parts of one session, or of one screen."""
    return {
        name: Bound(partial(part.write, of), partial(part.read, of)) for name, part in parts.items()
    }


# What a part's value has to be. Nothing in a file is trusted: JSON has other types than are
# expected, and numbers that no timestep has.


def entries(value: Any, kind: str) -> Iterator[Any]:
    """The entries of a list.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, list):
        raise InputError(f"{kind}: not a list")
    yield from value


def field(entry: Any, name: str, kind: type[T], default: T | None = None) -> T:
    """An entry's field, of the type that it has to have.

    Raises:
        InputError: it is of another type, or absent and without a default.
    """
    if not isinstance(entry, dict):
        raise InputError("not an object")
    value = entry.get(name, default)
    # to Python a truth is a whole number, too
    if type(value) is not kind:
        raise InputError(f"its {name} is not {_NAMES[kind]}")
    return value


_NAMES: Mapping[type, str] = {
    int: "a whole number",
    str: "a text",
    bool: "true or false",
    list: "a list",
}

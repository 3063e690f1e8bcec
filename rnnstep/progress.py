"""What takes long, done in parts: how far it is, again and again, and what it ends with."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

from rnnstep.record import Record

T = TypeVar("T")


class Progress(Record):
    """How far it is.

    Attributes:
        t: the timestep that it has come to.
        text: how far it is, where that is no timestep.
        found: what it has found out so far.
    """

    t: int
    text: str = ""
    found: str = ""


def last_of(parts: Generator[Progress | T, None, None]) -> T | None:
    """Do all of it; what it ends with, if anything."""
    last: Progress | T | None = None
    with closing(parts):
        for part in parts:
            last = part
    return None if isinstance(last, Progress) else last

"""What an action is: one row of the table that keys, help, palette and commands are read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from rnnstep.errors import InputError
from rnnstep.progress import Progress
from rnnstep.record import Record
from rnnstep.session import Session

T = TypeVar("T")

DIGITS = 18
"""Digits of a whole number at the most: more can only be a prank."""
_WHOLE = r"[+-]?[0-9]+"


def is_number(text: str) -> bool:
    """Whether a text is a whole number.

    Raises:
        InputError: it is, of a size that cannot be meant.
    """
    if not re.fullmatch(_WHOLE, text):
        return False
    digits = len(text.lstrip("+-"))
    if digits > DIGITS:
        raise InputError(f"a number of {digits} digits is too large: {DIGITS} are the most")
    return True


class Outcome(Record):
    """What a command has to say.

    Attributes:
        text: for people: one line, or several.
        data: the same for programs, of what JSON has.
        failed: whether it was an assertion, and does not hold.
        moved: whether the cursor was moved: a screen shows where to, a script is told.
    """

    text: str = ""
    data: Mapping[str, Any] = MappingProxyType({})
    failed: bool = False
    moved: bool = False


Does = Callable[[Session, str], Outcome]
"""Does an action of a session, given what was said behind its name."""

Checks = Callable[[Session, str], None]
"""Refuses what is said with an action, if it is wrong wherever it is said."""

Parts = Generator[Progress | Outcome, None, None]
"""How far an action is, again and again, and last what it has to say."""

Goes = Callable[[Session, str], Parts]
"""Does an action that may go through the whole run, so that it can be given up on the way."""


def ending(
    reports: Generator[Progress | T, None, None], tell: Callable[[T | None], Outcome]
) -> Parts:
    """An action that goes on until something is found, or not, and then tells it."""
    last: T | None = None
    with closing(reports):
        for report in reports:
            if isinstance(report, Progress):
                yield report
            else:
                last = report
    yield tell(last)


class Words(Record):
    """What may be written behind an action's name, to be completed.

    Attributes:
        of: the words that there are; the one that is begun is given.
        whole: whether a word may have blanks and signs, and is all that is said.
    """

    of: Callable[[Session, str], Iterable[str]]
    whole: bool = False


class Takes(Enum):
    """What may stand behind the name on the command line; a count also before the key."""

    NOTHING = ""
    COUNT = "[COUNT]"
    NUMBER = "NUMBER"
    TEXT = "TEXT"
    CHOICE = "[NAME]"
    REST = "[TEXT]"
    NOTE = "[NOTE]"

    @property
    def counts(self) -> bool:
        """Whether the digits typed before the key are meant for it."""
        return self in (Takes.COUNT, Takes.NUMBER)

    @property
    def needed(self) -> bool:
        """Whether nothing can be done before it is said."""
        return self in (Takes.NUMBER, Takes.TEXT)

    @property
    def asked(self) -> bool:
        """Whether its key opens the command line, so that it can be said."""
        return self is Takes.NOTE


class Action(Record):
    """One thing that a user can do.

    Attributes:
        name: its name on the command line and in the palette.
        keys: Textual's names of its keys.
        label: one or two words for the footer; empty if it is not shown there.
        help: what it does, one line.
        group: the heading that it stands under in the help.
        method: the method of the session that does it, if it is as simple as that.
        takes: what may be said with it.
        does: what does it, if no method does; the screen's own action if nothing is there.
        goes: what does it in parts, if it may go through the whole run.
        usage: what may be said with it, if ``takes`` does not say it all.
        words: what may be written behind its name, if that can be told.
        begins: what stands on the command line already, where something has to be said.
        checks: a script is checked by it before it begins.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    method: str = ""
    takes: Takes = Takes.NOTHING
    does: Does | None = None
    goes: Goes | None = None
    usage: str = ""
    words: Words | None = None
    begins: Callable[[Session], str] | None = None
    checks: Checks | None = None

    @property
    def says(self) -> str:
        """How what may be said with it is written behind its name."""
        return self.usage or self.takes.value

    @property
    def headless(self) -> bool:
        """Whether it can be done without a screen."""
        return bool(self.method or self.does or self.goes)

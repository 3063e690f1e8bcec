"""What an action is: one row of the table that keys, help, palette and commands are read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from rnnstep.session import Session


@dataclass(frozen=True)
class Outcome:
    """What a command has to say.

    Attributes:
        text: for people: one line, or several.
        data: the same for programs, of what JSON has.
        failed: whether it was an assertion, and does not hold.
    """

    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    failed: bool = False


Does = Callable[[Session, str], Outcome]
"""Does an action of a session, given what was said behind its name."""


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


class Action(NamedTuple):
    """One thing that a user can do.

    Attributes:
        name: its name on the command line and in the palette.
        keys: Textual's names of its keys.
        label: one or two words for the footer; empty if it is not shown there.
        help: what it does, one line.
        group: the heading that it stands under in the help.
        method: the method of the session that does it, if it is as simple as that.
        takes: what may be said with it.
        does: what does it, if no method does; the screen's own action if neither is there.
        usage: what may be said with it, if ``takes`` does not say it all.
        begins: what stands on the command line already, where something has to be said.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    method: str = ""
    takes: Takes = Takes.NOTHING
    does: Does | None = None
    usage: str = ""
    begins: Callable[[Session], str] | None = None

    @property
    def says(self) -> str:
        """How what may be said with it is written behind its name."""
        return self.usage or self.takes.value

    @property
    def headless(self) -> bool:
        """Whether it can be done without a screen."""
        return bool(self.method or self.does)

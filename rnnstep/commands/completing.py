"""What is typed is completed: the names of actions, and what may stand behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rnnstep.commands.action import Action
from rnnstep.commands.keymap import DEFAULT, Keys
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.session import Session

_BEGUN = re.compile(r"[^\W\d][\w/]*$")
"""The beginning of a name in an expression."""


@dataclass(frozen=True)
class Completion:
    """What the word at the end of a line may become.

    Attributes:
        start: where in the line the word begins, from 0.
        begun: what there is of it.
        words: each whole; in the order of likeliness.
    """

    start: int
    begun: str
    words: tuple[str, ...] = ()

    @property
    def common(self) -> str:
        """What all words begin with."""
        first, last = min(self.words), max(self.words)
        same = (a == b for a, b in zip(first, last, strict=False))
        return first[: next((n for n, equal in enumerate(same) if not equal), len(first))]


def complete(
    text: str,
    session: Session,
    more: Mapping[str, Iterable[str]] | None = None,
    keys: Keys = DEFAULT,
) -> Completion:
    """Complete the last word of what is typed.

    Args:
        text: the line, up to the cursor.
        session: whose names may be meant.
        more: what may stand behind actions, by their names, that the session does not know.
        keys: those that may stand for a name.
    """
    line = text.lstrip()
    margin = len(text) - len(line)
    name, blank, said = line.partition(" ")
    if not blank:
        return _among((action.name for action in ACTIONS), line, margin)
    action = _meant(name, keys)
    if action is None:
        return Completion(len(text), "")
    said = said.lstrip()
    if more and action.name in more:
        return _among(more[action.name], said, len(text) - len(said))
    if action.words is None:
        return Completion(len(text), "")
    if not action.words.whole:
        found = _BEGUN.search(said)
        said = found[0] if found else ""
    return _among(action.words.of(session, said), said, len(text) - len(said))


def _among(words: Iterable[str], begun: str, start: int) -> Completion:
    fitting = dict.fromkeys(word for word in words if word.startswith(begun))
    return Completion(start, begun, tuple(fitting))


def _meant(name: str, keys: Keys) -> Action | None:
    known = BY_NAME.get(name) or keys.by_text.get(name)
    beginning = [action for action in ACTIONS if action.name.startswith(name)]
    return known or (beginning[0] if len(beginning) == 1 else None)

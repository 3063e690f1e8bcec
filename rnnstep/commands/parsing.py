"""The command line's language: an action's name, its beginning or its key, and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnnstep.commands.action import Action, Takes
from rnnstep.commands.keymap import DEFAULT, Keys
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.errors import InputError, did_you_mean

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def parse_command(text: str, keys: Keys = DEFAULT) -> tuple[Action, str]:
    """The action that a line means, and what was said with it.

    Args:
        text: the line.
        keys: those that may stand for a name.

    Raises:
        InputError: no action has this name, or what was said with it does not fit.
    """
    name, _, said = text.strip().partition(" ")
    said = said.strip()
    if _WHOLE.fullmatch(name) and not said:
        return BY_NAME["goto"], name
    action = _action(name, keys)
    if action.takes.counts and said and not _WHOLE.fullmatch(said):
        raise InputError(f"{action.name} takes a whole number, not '{_short(said)}'")
    if said and action.takes is Takes.NOTHING:
        raise InputError(f"{action.name} takes nothing, not '{_short(said)}'")
    return action, said


def is_number(text: str) -> bool:
    """Whether a text is a whole number, and none that only a prank would ask for."""
    return _WHOLE.fullmatch(text) is not None


def one_of(kind: str, said: str, known: Iterable[str]) -> str:
    """The name that was meant: as it is known, or what stands behind its colon.

    Raises:
        InputError: none is.
    """
    names = {name.rpartition(":")[2]: name for name in known}
    found = names.get(said.rpartition(":")[2], "")
    if said not in (found, found.rpartition(":")[2]) or not found:
        raise InputError(f"no {kind} '{_short(said)}'{did_you_mean(said, names)}")
    return found


def _action(name: str, keys: Keys) -> Action:
    """The action of a name, of a key, or of the beginning of one name."""
    known = BY_NAME.get(name) or keys.by_text.get(name)
    if known:
        return known
    beginning = [action for action in ACTIONS if name and action.name.startswith(name)]
    if len(beginning) == 1:
        return beginning[0]
    if beginning:
        names = " or ".join(action.name for action in beginning)
        raise InputError(f"'{name}' may be {names}")
    near = did_you_mean(name, BY_NAME)
    close = near if near.endswith("?") else "; :help shows all"
    raise InputError(f"no command '{_short(name)}'{close}")


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"

"""The command line's language: an action's name or its beginning, and what is said with it."""

from __future__ import annotations

from rnnstep.errors import InputError, did_you_mean
from rnnstep.tui.actions import ACTIONS, BY_NAME, Action, Takes


def parse_command(text: str) -> tuple[Action, str]:
    """The action that a line means, and what was said with it.

    Raises:
        InputError: no action has this name, or what was said with it does not fit.
    """
    name, _, said = text.strip().partition(" ")
    said = said.strip()
    if name.lstrip("+-").isdecimal() and not said:
        return BY_NAME["goto"], str(int(name))
    action = _action(name)
    if action.takes in (Takes.COUNT, Takes.NUMBER) and said:
        if not said.lstrip("+-").isdecimal():
            raise InputError(f"{action.name} takes a whole number, not '{said}'")
    elif said and action.takes is Takes.NOTHING and action.name not in ("first", "last"):
        raise InputError(f"{action.name} takes nothing, not '{said}'")
    return action, said


def _action(name: str) -> Action:
    if name in BY_NAME:
        return BY_NAME[name]
    beginning = [action for action in ACTIONS if name and action.name.startswith(name)]
    if len(beginning) == 1:
        return beginning[0]
    names = [action.name for action in beginning] or list(BY_NAME)
    raise InputError(f"no command '{name}'{did_you_mean(name, names)}")

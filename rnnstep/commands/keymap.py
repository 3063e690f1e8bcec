"""Which keys do what: those of the table, or others that a reader has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from rnnstep.commands.action import Action
from rnnstep.commands.keys import key_text
from rnnstep.commands.table import ACTIONS


class Keys:
    """The keys of every action.

    Args:
        chosen: by the name of an action, Textual's names of its keys, in place of the table's.
            An action that is not among them lacks those of its keys that were given away.
    """

    def __init__(self, chosen: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._chosen = chosen or {}
        self._taken = frozenset(key for keys in self._chosen.values() for key in keys)

    def of(self, action: Action) -> tuple[str, ...]:
        """Textual's names of an action's keys, the most important first."""
        if action.name in self._chosen:
            return self._chosen[action.name]
        return tuple(key for key in action.keys if key not in self._taken)

    def texts(self, action: Action) -> list[str]:
        """The same as people write them."""
        return list(map(key_text, self.of(action)))

    def first(self, action: Action) -> str:
        """The first of them as people write it; without one, the command."""
        return (*self.texts(action), f":{action.name}")[0]

    @cached_property
    def by_key(self) -> Mapping[str, Action]:
        """The action of each key, by Textual's name."""
        return {key: action for action in ACTIONS for key in self.of(action)}

    @cached_property
    def by_text(self) -> Mapping[str, Action]:
        """The action of each key, as people write it."""
        return {key_text(key): action for key, action in self.by_key.items()}


DEFAULT = Keys()
"""The table's own."""

"""What a configuration may say, and what of it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rnnstep.commands.keymap import Keys
from rnnstep.commands.keys import key_name, key_text
from rnnstep.commands.parsing import parse_command
from rnnstep.commands.table import BY_NAME
from rnnstep.config.config import Config
from rnnstep.errors import RnnstepError, did_you_mean
from rnnstep.tui.settings import SETTINGS

RESERVED = {
    "ctrl+q": "leaves",
    "ctrl+c": "copies what is selected",
    "ctrl+p": "opens the palette of commands",
}
"""Keys that are the same on every screen of Textual's, and what they do."""
_SECTIONS = ("view", "keys", "startup")


class SettingError(Exception):
    """A key of the file, and what is wrong with it."""

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(reason)


def settled(document: Mapping[str, Any]) -> Config:
    """The configuration that a document says.

    Raises:
        SettingError: something in it is none.
    """
    for name in document:
        if name not in _SECTIONS:
            raise SettingError((name,), f"there is no such setting{did_you_mean(name, _SECTIONS)}")
    keys = _keys(_table(document, "keys"))
    startup = document.get("startup", [])
    if not isinstance(startup, list):
        raise SettingError(("startup",), 'give a list of commands: ["break nan", "mode heatmap"]')
    for number, command in enumerate(startup):
        _check_command(command, keys, ("startup", number))
    return Config(_view(_table(document, "view")), keys, tuple(startup))


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise SettingError((name,), f"write [{name}], and its settings on the lines below it")
    return table


def _view(table: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen = {}
    for name, value in table.items():
        if name not in SETTINGS:
            raise SettingError(("view", name), f"there is no such setting{_near(name, SETTINGS)}")
        try:
            chosen[name] = SETTINGS[name].read(value)
        except RnnstepError as error:
            raise SettingError(("view", name), str(error)) from None
    return chosen


def _check_command(command: Any, keys: Keys, path: tuple[str | int, ...]) -> None:
    if not isinstance(command, str):
        raise SettingError(path, "a command is a text")
    try:
        parse_command(command, keys)
    except RnnstepError as error:
        raise SettingError(path, str(error)) from None


def _keys(table: Mapping[str, Any]) -> Keys:
    chosen: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        path = ("keys", name)
        if name not in BY_NAME:
            above = "; startup stands above all [tables]" if name == "startup" else ""
            raise SettingError(path, f"there is no such action{above or _near(name, BY_NAME)}")
        texts = value if isinstance(value, list) else [value]
        chosen[name] = tuple(_key(text, path) for text in texts)
    taken: dict[str, str] = {}
    for name, its_keys in chosen.items():
        for key in its_keys:
            other = taken.setdefault(key, name)
            if other != name:
                raise SettingError(("keys", name), f"'{key_text(key)}' is given to {other}, too")
    return Keys(chosen)


def _key(text: Any, path: tuple[str | int, ...]) -> str:
    if not isinstance(text, str):
        raise SettingError(path, "give a key, or a list of keys")
    key = key_name(text)
    if not key:
        names = "a character, or a name such as F2, PgUp, Space or ctrl+r"
        raise SettingError(path, f"there is no key '{text[:20]}': write {names}")
    if key in RESERVED:
        raise SettingError(path, f"'{key}' always {RESERVED[key]}")
    if key.isdigit():
        raise SettingError(path, "a digit begins the count of another key")
    return key


def _near(name: str, known: Iterable[str]) -> str:
    near = did_you_mean(name, known)
    return near if len(near) < 200 else ""

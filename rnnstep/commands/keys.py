"""Keys as people write them, and as Textual names them."""

from __future__ import annotations

import re
import unicodedata
from string import punctuation

_SIGNS = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "exclamation_mark": "!",
    "slash": "/",
    "at": "@",
    "apostrophe": "'",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "colon": ":",
    "question_mark": "?",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
    "shift+down": "⇧↓",
    "shift+up": "⇧↑",
}
_OTHERWISE = {"solidus": "slash", "reverse_solidus": "backslash", "low_line": "underscore"}
"""Signs whose Unicode names Textual shortens; the others that it does are among those above."""


def _sign_name(sign: str) -> str:
    name = unicodedata.name(sign, "").lower().replace("-", "_").replace(" ", "_")
    return _OTHERWISE.get(name, name)


_NAMES = {sign.lower(): key for key, sign in _SIGNS.items()}
_WORDS = {"insert", "delete", "backspace", *(key for key in _SIGNS if key.isalpha())}
_SHORTER = {name: sign for sign in punctuation if (name := _sign_name(sign)) not in _SIGNS}
_MODIFIED = r"(?:(?:ctrl|alt|shift|super|hyper|meta)\+)+"


def key_text(key: str) -> str:
    """A key as people write it."""
    if key in _SIGNS or len(key) == 1:
        return _SIGNS.get(key, key)
    return key.upper() if key[1:].isdigit() else _SHORTER.get(key, key)


def key_name(text: str) -> str:
    """Textual's name of a key that somebody wrote: ``!``, ``→``, ``F2``, ``ctrl+r``.

    Empty if there is no such key.
    """
    lower = text.lower()
    if lower in _NAMES:
        return _NAMES[lower]
    modifiers = re.match(_MODIFIED, lower)
    if modifiers:
        key = key_name(text[modifiers.end() :])
        if modifiers[0] == "shift+" and len(key) == 1:
            return key.upper()
        return f"{modifiers[0]}{key.lower()}" if key else ""
    if len(text) == 1:
        return text if text.isalnum() else _sign_name(text)
    if lower in _WORDS or re.fullmatch(r"f([1-9]|1[0-9]|2[0-4])", lower):
        return lower
    return lower if lower in _SIGNS or lower in _SHORTER else ""

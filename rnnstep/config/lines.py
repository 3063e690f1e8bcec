"""On which line of a TOML file a key stands: the parser knows, but does not say.

A file's beginning is a file, too, as long as it ends where a statement does. The first beginning
that has a key ends where the key's statement ends; the one before ends above it.
"""

from __future__ import annotations

import tomllib
from typing import Any

Path = tuple[str | int, ...]
"""Names of tables, a key, and a number of a list's entry."""


def line_of(text: str, path: Path) -> int:
    """The line, from 1, of a key of a file that can be read, or of an entry of its list."""
    lines = text.split("\n")
    above = 0
    for count in range(1, len(lines) + 1):
        document = _parsed(lines[:count])
        if document is None:
            # a statement goes on: a list may have come to the entry
            document = _parsed([*lines[:count], "]"])
            if document is not None and isinstance(path[-1], int) and _has(document, path):
                return count
        elif _has(document, path):
            return count if isinstance(path[-1], int) else above + 1
        else:
            above = count
    return len(lines)


def _parsed(lines: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _has(document: Any, path: Path) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(document, list) or step >= len(document):
                return False
        elif not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True

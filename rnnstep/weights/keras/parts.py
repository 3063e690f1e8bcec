"""A model's JSON description, taken apart without trusting it: every access says its type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rnnstep.errors import InputError

Config = Mapping[str, Any]
Shape = tuple[int | None, ...]
"""A shape as Keras states it; ``None`` is any number."""

_DEEPEST = 60


def parse(text: str, where: str) -> Any:
    """The JSON of a file.

    Raises:
        InputError: not JSON, or nested too deeply.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {one_line(str(error))}") from None
    _check_depth(found, where)
    return found


def _check_depth(found: Any, where: str) -> None:
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise InputError(f"{where}: nested more than {_DEEPEST} levels deep")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner


def one_line(text: str) -> str:
    """Text from a file as one printable line of bounded length."""
    printable = "".join(c if c.isprintable() else "�" for c in text[:400])
    return printable if len(text) <= 400 else f"{printable}…"


def mapping(value: Any) -> Config:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(config: Config, *keys: str) -> str:
    """The first of these keys that holds a text; empty if none does."""
    for key in keys:
        if isinstance(config.get(key), str):
            return one_line(config[key])
    return ""


def flag(config: Config, key: str, default: bool = False) -> bool:
    """A true or false value."""
    value = config.get(key, default)
    return value if isinstance(value, bool) else default


def number(config: Config, key: str, default: float) -> float:
    """A finite number; JSON has integers that no float can hold."""
    value = config.get(key, default)
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and abs(value) < 1e30 else default


def whole(value: Any) -> int | None:
    """A whole number of a usable size."""
    usable = isinstance(value, int) and not isinstance(value, bool)
    return value if usable and abs(value) < 2**62 else None


def shape_of(value: Any) -> Shape | None:
    """A shape, if the value is one."""
    if not isinstance(value, list) or not 0 < len(value) < 10:
        return None
    if any(axis is not None and whole(axis) is None for axis in value):
        return None
    return tuple(value)


def shape_text(shape: Shape) -> str:
    """``(None, 250, 32)``."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"

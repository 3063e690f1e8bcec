"""What of the view can be configured, and is saved with a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rnnstep.commands.parsing import one_of
from rnnstep.errors import InputError
from rnnstep.render.numbers import PRECISIONS
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Scale
from rnnstep.render.timeline import ZOOMS
from rnnstep.tui.view import View


@dataclass(frozen=True)
class Setting:
    """One choice of the reader's.

    Attributes:
        choice: the field of :class:`View` that it is; empty if it is the theme.
        read: what it is, of what a file says. It may raise :class:`InputError`.
    """

    choice: str
    read: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError("give a text, in quotation marks")
    return value


def _member(kind: str, members: type[Enum]) -> Callable[[Any], Any]:
    return lambda value: members(one_of(kind, _text(value), [one.value for one in members]))


def _among(known: Sequence[int]) -> Callable[[Any], Any]:
    def read(value: Any) -> int:
        if type(value) is not int or value not in known:
            raise InputError(f"give one of {', '.join(map(str, known))}")
        return value

    return read


def _map(value: Any) -> str:
    """Empty is the one that suits the theme."""
    return one_of("colour map", _text(value), COLOUR_MAPS) if value != "" else ""


def _theme(value: Any) -> str:
    from textual.theme import BUILTIN_THEMES

    return one_of("theme", _text(value), BUILTIN_THEMES)


def _zoom(value: Any) -> int | None:
    """``None`` is the widest that fits."""
    return None if value is None else _among(ZOOMS)(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError("give true or false")
    return value


SETTINGS: Mapping[str, Setting] = {
    "mode": Setting("mode", _member("mode", Mode)),
    "scale": Setting("scale", _member("colour scale", Scale)),
    "precision": Setting("precision", _among(PRECISIONS)),
    "map": Setting("colour_map", _map),
    "theme": Setting("", _theme),
    "zoom": Setting("timeline_zoom", _zoom),
    "follows": Setting("follows", _truth),
}
"""By the names that they have in files."""


def chosen(view: View, theme: str) -> dict[str, Any]:
    """Every setting as it is, of what files have."""
    values = {name: getattr(view, s.choice) if s.choice else theme for name, s in SETTINGS.items()}
    return {n: value.value if isinstance(value, Enum) else value for n, value in values.items()}

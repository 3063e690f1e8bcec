"""From a theme and a terminal to the styles and colours that drawing may use."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App

from rnnstep.render.rows import Look

_ENOUGH = ("truecolor", "256")


def colours_of(app: App[Any]) -> bool:
    """Whether heatmaps can be told apart: not under NO_COLOR, nor with 16 colours."""
    return not app.no_color and app.console.color_system in _ENOUGH


def look_of(app: App[Any]) -> Look:
    """The theme's styles."""
    if not colours_of(app):
        return Look()
    colours = app.theme_variables
    return Look(
        plain=Style(),
        muted=Style(dim=True),
        accent=Style(bold=True, color=_hex(colours.get("accent"))),
        cursor=Style(bold=True, reverse=True),
        warning=Style(bold=True, color=_hex(colours.get("warning"))),
    )


def _hex(colour: str | None) -> str | None:
    return colour if colour and colour.startswith("#") else None

"""Which panels are folded away: by what was chosen, and by the room there is."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.screen import Screen

from rnnstep.tui.view import View

_ROOMY = 46
"""Lines of a screen on which a timeline of many units is higher."""

_LOW = 18
"""Lines of a screen from which on watches have a place on it, too."""


def _is_compact(size: Size) -> bool:
    return size.height < 32 or size.width < 100


def fold(screen: Screen[Any], view: View) -> None:
    """Fold and unfold the panels as was chosen."""
    screen.set_class(bool(view.zoomed), "-zoomed")
    screen.set_class(view.inside, "-inside")
    for part in screen.query("Panel, #middle, #left, #right"):
        holds = bool(view.zoomed and part.query(f"#{view.zoomed}"))
        part.set_class(part.id == view.zoomed or holds, "-chosen")


_BARS = 3
"""Lines that are no panel's."""
_BORDER = 2


def timeline_lines(size: Size, wanted: int, both: bool) -> int:
    """The lines of the timeline between its borders.

    Args:
        size: of the screen.
        wanted: the lines that it would take to show all.
        both: whether they are of two runs: it then grows, up to half the room of the panels.
    """
    usual = 3 if size.height < _LOW else 5 if _is_compact(size) else 7
    if not both:
        return max(usual, min(wanted, 12)) if size.height >= _ROOMY else usual
    half = -(-(size.height - _BARS) // 2) - _BORDER
    return max(usual, min(wanted, half))


def make_room(screen: Screen[Any], size: Size) -> None:
    """Say how much room there is; the style sheet does the rest."""
    classes = {
        "-compact": _is_compact(size),
        "-low": size.height < _LOW,
        "-lowest": size.height < 13,
        "-narrow": size.width < 60,
    }
    before = screen.classes
    for name, holds in classes.items():
        screen.set_class(holds, name, update=False)
    if screen.classes != before:
        # once for all of them: the styles of every widget are found anew
        screen.update_node_styles()

"""Which panels are folded away: by what was chosen, and by the room there is."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.screen import Screen

from rnnstep.tui.view import View


def fold(screen: Screen[Any], view: View) -> None:
    """Fold and unfold the panels as was chosen."""
    screen.set_class(bool(view.zoomed), "-zoomed")
    screen.set_class(view.inside, "-inside")
    for part in screen.query("Panel, #middle, #left, #right"):
        holds = bool(view.zoomed and part.query(f"#{view.zoomed}"))
        part.set_class(part.id == view.zoomed or holds, "-chosen")


def make_room(screen: Screen[Any], size: Size) -> None:
    """Say how much room there is; the style sheet does the rest."""
    classes = {
        "-compact": size.height < 32 or size.width < 100,
        "-low": size.height < 18,
        "-narrow": size.width < 60,
        "-roomy": size.height >= 46,
    }
    before = screen.classes
    for name, holds in classes.items():
        screen.set_class(holds, name, update=False)
    if screen.classes != before:
        # once for all of them: the styles of every widget are found anew
        screen.update_node_styles()

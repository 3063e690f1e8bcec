"""What the panels lie on: covered by them, and so never drawn, as Textual would line by line."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.screen import Screen


class Main(Screen[None]):
    """The screen below the panels."""

    BLANK = True


class Row(Horizontal):
    """Beside each other."""

    BLANK = True


class Column(Vertical):
    """Below each other."""

    BLANK = True

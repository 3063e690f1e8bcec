"""What rows are laid on: the colours of a panel, where those of a row say nothing."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from rnnstep.render.rows import Row


class Ground:
    """One style under all rows.

    Args:
        style: what holds where a row's own styles say nothing.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        self._found: dict[Style | None, Style] = {}

    def under(self, row: Row) -> Row:
        """The row on this ground.

        Neighbours that look alike are one piece: each piece has its colours sent with it.
        """
        pieces: list[tuple[Style, list[str]]] = []
        last: Style | None = None
        for text, own, _ in row:
            style = self._found.get(own)
            if style is None:
                style = self._found[own] = self._on(own)
            # one style of each look is kept, so that they need not be compared part by part
            if style is last:
                pieces[-1][1].append(text)
            else:
                pieces.append((style, [text]))
                last = style
        return [Segment("".join(texts), style) for style, texts in pieces]

    def _on(self, own: Style | None) -> Style:
        style = self.style + own
        return next((known for known in self._found.values() if known == style), style)

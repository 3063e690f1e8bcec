"""What rows are laid on: the colours of a panel, where those of a row say nothing."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style

from rnnstep.render.rows import Row


def _as_it_is(style: Style) -> Style:
    return style


class Ground:
    """One style under all rows.

    Args:
        style: what holds where a row's own styles say nothing.
        filtered: what becomes of a style on its way to the screen, as on one without colours.
    """

    def __init__(self, style: Style, filtered: Callable[[Style], Style] = _as_it_is) -> None:
        self.style = style
        self._filtered = filtered
        self._found: dict[Style | None, Style] = {}

    def under(self, row: Row) -> Row:
        """The row on this ground.

        Neighbours that look alike are one piece: each piece has its colours sent with it.
        """
        pieces: Row = []
        last: Style | None = None
        for segment in row:
            own = segment.style
            style = self._found.get(own)
            if style is None:
                style = self._found[own] = self._on(own)
            # one style of each look is kept, so that they need not be compared part by part
            if style is last:
                pieces[-1] = Segment(pieces[-1].text + segment.text, style)
            else:
                pieces.append(segment if style is own else Segment(segment.text, style))
                last = style
        return pieces

    def _on(self, own: Style | None) -> Style:
        style = self._filtered(self.style + own)
        if style == own and own is not None:
            style = own
        return next((known for known in self._found.values() if known == style), style)

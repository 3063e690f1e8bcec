"""A page of lines that are places to go to, drawn anew for the room there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.markup import escape
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from rnnstep.frame import Cursor
from rnnstep.render.rows import Drawing
from rnnstep.tui.listing import ListPage, page_room


class PlacesPage(ListPage[Cursor]):
    """Lines of which one is chosen; ends with the place that it stands for, or with nothing.

    Args:
        draw: the lines in so many columns, and whether in their other order.
        place_of: the place that a line's target stands for.
        orders: what the lines are sorted by, in the one order and in the other.
    """

    OPENED_BY = ("why", "inputs", "memory")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "sort", show=False)]

    def __init__(
        self,
        draw: Callable[[int, bool], Drawing],
        place_of: Callable[[object], Cursor],
        orders: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.draw, self.place_of, self.orders = draw, place_of, orders
        self._turned = False
        self._targets: list[object] = []

    def compose(self) -> ComposeResult:
        """A line a place, of a look of its own."""
        for options in super().compose():
            options.add_class("places")
            yield options

    def on_resize(self) -> None:
        """Draw them for the new width."""
        self.show()

    def show(self) -> None:
        """A line a place; the one that was in the light stays there."""
        drawing = self.draw(page_room(self.app.size.width), self._turned)
        self._targets = list(drawing.targets)
        rows = ([(s.text, s.style or "") for s in row] for row in drawing.rows)
        self.fill((Text.assemble(*row, no_wrap=True) for row in rows), self.at)
        sort = f" · s sorts by {self.orders[not self._turned]}" if self.orders else ""
        self.options.border_title = escape(drawing.caption)
        self.options.border_subtitle = f"Enter goes there, O back{sort} · Esc closes"

    def action_sort(self) -> None:
        """The other order, from its first line on."""
        if self.orders:
            self._turned = not self._turned
            self.options.highlighted = 0
            self.show()

    def choose(self, line: int) -> None:
        """Go there, if the line is of a place."""
        target = self._targets[line]
        if target is not None:
            self.dismiss(self.place_of(target))

"""A page of lines that are places to go to, drawn anew for the room there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.markup import escape
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.frame import Cursor
from rnnstep.render.rows import Drawing
from rnnstep.tui.binding import bind_list
from rnnstep.tui.layers import page_room


class PlacesPage(ModalScreen[Cursor]):
    """Lines of which one is chosen; ends with the place that it stands for, or with nothing.

    Args:
        draw: the lines in so many columns, and whether in their other order.
        place_of: the place that a line's target stands for.
        orders: what the lines are sorted by, in the one order and in the other.
    """

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
        Binding("s", "sort", show=False),
    ]

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
        """A line a place."""
        yield OptionList(id="page", classes="places")

    def on_mount(self) -> None:
        """Show them."""
        bind_list(self, "why", "inputs", "memory")
        self._show()

    def on_resize(self) -> None:
        """Draw them for the new width."""
        self._show()

    def _show(self) -> None:
        options = self.query_one(OptionList)
        drawing = self.draw(page_room(self.app.size.width), self._turned)
        at = options.highlighted or 0
        self._targets = list(drawing.targets)
        options.clear_options()
        for row in drawing.rows:
            segments = [(segment.text, segment.style or "") for segment in row]
            options.add_option(Option(Text.assemble(*segments, no_wrap=True)))
        options.highlighted = min(at, len(drawing.rows) - 1)
        options.border_title = escape(drawing.caption)
        sort = f" · s sorts by {self.orders[not self._turned]}" if self.orders else ""
        options.border_subtitle = f"Enter goes there, O back{sort} · Esc closes"

    def action_move(self, direction: str) -> None:
        """``j`` and ``k`` as the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_sort(self) -> None:
        """The other order, from its first line on."""
        if self.orders:
            self._turned = not self._turned
            self.query_one(OptionList).highlighted = 0
            self._show()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there, if the line is of a place."""
        event.stop()
        target = self._targets[event.option_index]
        if target is not None:
            self.dismiss(self.place_of(target))

"""The page of layers: what reads what, with shapes; choose one to go to it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.model import SEQUENCE, Model
from rnnstep.render.rows import clip
from rnnstep.tui.binding import bind_list

_WIDEST = 102


class LayersPage(ModalScreen[int]):
    """Ends with the layer that was chosen, or with nothing."""

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
    ]

    def __init__(self, model: Model, current: int) -> None:
        super().__init__()
        self.model, self.current = model, current

    def compose(self) -> ComposeResult:
        """A line a layer."""
        room = page_room(self.app.size.width)
        rows = (clip(row, room) for row in layer_lines(self.model))
        options = OptionList(*map(Option, map(Text, rows)), id="page")
        options.border_title = "layers"
        options.border_subtitle = "Enter goes there · Esc closes"
        yield options

    def on_mount(self) -> None:
        """Stand on the layer at the cursor."""
        bind_list(self, "layers")
        self.query_one(OptionList).highlighted = self.current

    def action_move(self, direction: str) -> None:
        """``j`` and ``k`` as the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        event.stop()
        self.dismiss(event.option_index)


def page_room(width: int) -> int:
    """The columns of a page's lines on a screen: its share, less border, padding, scroll bar."""
    return min(int(width * 0.9) - 8, _WIDEST)


def layer_lines(model: Model) -> list[str]:
    """``lstm/forward  LSTM 6→8 tanh sigmoid  reads emb``, halves below what they belong to."""
    names = [_indented(layer.name) for layer in model.layers]
    widest = max(map(len, names))
    summaries = [layer.summary for layer in model.layers]
    longest = max(map(len, summaries))
    return [
        f"{name:{widest}}  {summary:{longest}}  reads {_read(model, index)}"
        for index, (name, summary) in enumerate(zip(names, summaries, strict=True))
    ]


def _indented(name: str) -> str:
    path = name.split("/")
    return "  " * (len(path) - 1) + name


def _read(model: Model, index: int) -> str:
    def named(layer: int, final: bool) -> str:
        if layer == SEQUENCE:
            return "the sequence"
        return model.layers[layer].name + (" at its end" if final else "")

    return ", ".join(named(source.layer, source.final) for source in model.sources[index])

"""The page of layers: what reads what, with shapes; choose one to go to it."""

from __future__ import annotations

from rich.text import Text

from rnnstep.model import Model
from rnnstep.render.layers import layer_lines
from rnnstep.render.rows import clip
from rnnstep.tui.listing import ListPage, page_room


class LayersPage(ListPage[int]):
    """Ends with the layer that was chosen, or with nothing."""

    OPENED_BY = ("layers",)
    ABOUT = ("layers", ListPage.ABOUT[1])

    def __init__(self, model: Model, current: int) -> None:
        super().__init__()
        self.model, self.current = model, current

    def show(self) -> None:
        """A line a layer; the one at the cursor in the light."""
        room = page_room(self.app.size.width)
        self.fill((Text(clip(row, room)) for row in layer_lines(self.model)), self.current)

    def choose(self, line: int) -> None:
        """Go there."""
        self.dismiss(line)

"""The pages of where a number came from: the path, the inputs, the memory of a state."""

from __future__ import annotations

from collections.abc import Iterable

from rnnstep.frame import Cursor
from rnnstep.provenance import Inputs, Memory, Path
from rnnstep.render.inputs import input_shares
from rnnstep.render.path import path_tree
from rnnstep.render.pen import Pen
from rnnstep.render.remembered import remembered
from rnnstep.render.rows import Drawing
from rnnstep.session import Session
from rnnstep.source import SEQUENCE, Source
from rnnstep.tui.places import PlacesPage
from rnnstep.tui.searching import Searching


def why_page(session: Session, path: Path, pen: Pen) -> PlacesPage:
    """What a number came from."""

    def draw(width: int, _: bool) -> Drawing:
        return path_tree(path, session.trace, session.labels, pen, width)

    return PlacesPage(draw, lambda place: path.branches[int(str(place))].cause.cursor)


def memory_page(session: Session, found: Memory, pen: Pen) -> PlacesPage:
    """What each timestep wrote to a state."""
    layer = session.trace.model.layers[found.layer]
    line = [equation.name for equation in layer.cell.equations].index(found.name)

    def draw(width: int, by_size: bool) -> Drawing:
        return remembered(found, layer, session.labels, pen, width, by_size=by_size)

    def place(t: object) -> Cursor:
        return Cursor(int(str(t)), found.layer, line, found.unit)

    return PlacesPage(draw, place, ("time", "size"))


def inputs_page(session: Session, found: Inputs, pen: Pen) -> PlacesPage:
    """Which timesteps of the sequence a number came from."""
    model = session.trace.model
    reader = next(n for n, sources in enumerate(model.sources) if _reads_sequence(sources))

    def draw(width: int, by_time: bool) -> Drawing:
        return input_shares(found, session.trace, session.labels, pen, width, by_time=by_time)

    return PlacesPage(draw, lambda t: Cursor(int(str(t)), reader), ("size", "time"))


def _reads_sequence(sources: Iterable[Source]) -> bool:
    return any(source.layer == SEQUENCE for source in sources)


class Tracing(Searching):
    """The pages, and the way to what is chosen on them."""

    def do_why(self, said: str) -> None:
        """What a number came from."""
        session = self.app.session
        page = why_page(session, session.why(said), self.app.choices.pen)
        self.app.push_screen(page, self._go)

    def do_inputs(self, said: str) -> None:
        """Which timesteps of the sequence a number came from."""
        session = self.app.session

        def show(found: Inputs | None) -> None:
            if found is not None:
                page = inputs_page(session, found, self.app.choices.pen)
                self.app.push_screen(page, self._go)

        self.go_through("inputs", session.seek_inputs(said), show)

    def do_memory(self, said: str) -> None:
        """What each timestep wrote to a state."""
        session = self.app.session
        page = memory_page(session, session.memory(said), self.app.choices.pen)
        self.app.push_screen(page, self._go)

    def _go(self, place: Cursor | None) -> None:
        if place is not None:
            self.app.session.visit(place)
            self.say_where()
            self.app.frames.publish_soon()

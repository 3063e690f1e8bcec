"""The actions that are not the session's own: each changes the view, opens a page, or tells."""

from __future__ import annotations

from rnnstep.commands.what_if import switch
from rnnstep.errors import InputError
from rnnstep.paths import typed_path
from rnnstep.tui.explaining import Diagnosing
from rnnstep.tui.forks import ForksPage
from rnnstep.tui.layers import LayersPage
from rnnstep.tui.looks import Looks
from rnnstep.tui.motions import Motions
from rnnstep.tui.pages import NotesPage
from rnnstep.tui.panels import Timeline
from rnnstep.tui.prompt import Prompt
from rnnstep.tui.provenance import Tracing
from rnnstep.tui.windows import Windows


class Shows(Motions, Looks, Windows, Diagnosing, Tracing):
    """A method ``do_…`` for each action that is not the session's own."""

    def do_choose(self, _: str) -> None:
        """The unit into the line plot, or out of it."""
        chosen = self.app.choices.chosen ^ {self.app.session.cursor.unit}
        self.app.choose(chosen=chosen)
        units = ", ".join(map(str, sorted(chosen))) or "the one at the cursor"
        self.say(f"line plot of unit {units}")

    def do_plot(self, _: str) -> None:
        """A line plot of the chosen units."""
        from rnnstep.tui.plot import PlotPage

        frame = self.app.session.frame()
        name = Timeline.value_name(frame, self.app.choices)
        self.app.push_screen(PlotPage(frame, name, self.app.choices.chosen or {frame.cursor.unit}))

    def do_copy(self, _: str) -> None:
        """The number at the cursor to the clipboard."""
        frame = self.app.session.frame()
        name = frame.equation.name
        if name not in frame.values:
            raise InputError("before the first timestep this line has no value")
        value = frame.values[name].reshape(-1)[frame.cursor.unit].item()
        self.app.copy_to_clipboard(repr(value))
        self.say(f"copied {value!r}")

    def do_save(self, said: str) -> None:
        """The screen as SVG, to a file that is not there yet unless it was named."""
        try:
            path = self.app.save_screenshot(said or None)
        except OSError as error:
            raise InputError(f"{said}: cannot be written: {error.strerror}") from None
        self.say(f"saved {path}")

    def do_session(self, said: str) -> None:
        """Cursor, breakpoints, bookmarks and view to the session's file, or to another one."""
        self.say(self.app.keeper.save(typed_path(said) if said else None))

    def do_notes(self, _: str) -> None:
        """All that was inferred."""
        self.app.push_screen(NotesPage(self.app.session.notes))

    def do_command(self, _: str) -> None:
        """The command line."""
        self.app.main.query_one(Prompt).open()

    def do_layers(self, _: str) -> None:
        """The layers, to go to one."""
        session = self.app.session
        page = LayersPage(session.trace.model, session.cursor.layer)
        self.app.push_screen(page, self._go_to_layer)

    def do_forks(self, _: str) -> None:
        """The tree of forks, to go to one."""
        self.app.push_screen(ForksPage(self.app.session), self._go_to_fork)

    def _go_to_fork(self, number: int | None) -> None:
        if number is not None:
            self.app.act(switch, str(number))
        # others may have been let go meanwhile, among them the one that was looked at
        self.breaks_changed()

    def _go_to_layer(self, layer: int | None) -> None:
        if layer is not None:
            self.app.session.goto_line(layer, 0)
            self.app.frames.publish_soon()

    def do_bookmarks(self, _: str) -> None:
        """All of them, to go to one."""
        from rnnstep.tui.bookmarks import BookmarksPage

        self.app.push_screen(BookmarksPage(self.app.session), self._go_to_bookmark)

    def _go_to_bookmark(self, number: int | None) -> None:
        if number is not None:
            self.app.session.goto_bookmark(number)
        self.app.frames.publish_soon()

    def do_help(self, _: str) -> None:
        """The keys."""
        from rnnstep.tui.help import HelpPage

        self.app.push_screen(HelpPage(self.app.keys))

    def do_quit(self, _: str) -> None:
        """Leave."""
        self.app.exit()

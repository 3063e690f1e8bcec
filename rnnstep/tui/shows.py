"""The actions that concern the screen alone: each changes the view, or opens a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Scale
from rnnstep.render.timeline import stretch
from rnnstep.tui.bars import NoteBar
from rnnstep.tui.pages import HelpPage, NotesPage
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Inside, Timeline
from rnnstep.tui.prompt import Prompt
from rnnstep.tui.view import after, finer, zoomed

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


class Shows:
    """A method ``do_…`` for each action that is not the session's own.

    Args:
        app: whose view, pages and panels they change.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app

    def _say(self, text: str) -> None:
        """In the line of notes, for a moment."""
        self.app.query_one(NoteBar).say(text)

    def do_first(self, said: str) -> None:
        """To timestep 0, or to the one that was said."""
        self.app.session.goto(int(said or 0))

    def do_last(self, said: str) -> None:
        """To the last timestep, or to the one that was said."""
        self.app.session.goto(int(said)) if said else self.app.session.last()

    def do_down(self, said: str) -> None:
        """To the next line, or inside a number to the next term."""
        self._move_down(int(said or 1))

    def do_up(self, said: str) -> None:
        """To the line before, or inside a number to the term before."""
        self._move_down(-int(said or 1))

    def _move_down(self, count: int) -> None:
        inside = self.app.query_one(Inside)
        if self.app.choices.inside or inside.has_focus:
            inside.move(count)
        else:
            inside.term = 0
            self.app.session.next_line(count)

    def do_inside(self, _: str) -> None:
        """Look into the number at the cursor."""
        self.app.choose(inside=True, zoomed="")
        self.app.query_one(Inside).focus()

    def do_out(self, _: str) -> None:
        """Out of a zoomed panel, then out of the number."""
        if self.app.choices.zoomed:
            self.app.choose(zoomed="")
        else:
            self.app.choose(inside=False)
            self.app.query_one("#equations").focus()

    def do_mode(self, _: str) -> None:
        """Numbers, colours, both."""
        self.app.choose(mode=after(self.app.choices.mode, list(Mode)))
        self._say(f"cells: {self.app.choices.mode.value}")

    def do_scale(self, _: str) -> None:
        """What the strongest colour stands for."""
        self.app.choose(scale=after(self.app.choices.scale, list(Scale)))
        self._say(f"colour scale: {self.app.choices.scale.value}")

    def do_map(self, _: str) -> None:
        """The next colour map."""
        self.app.choose(colour_map=after(self.app.choices.colour_map, COLOUR_MAPS))
        self._say(f"colour map: {self.app.choices.colour_map}")

    def do_fewer_digits(self, _: str) -> None:
        """A digit less."""
        self.app.choose(precision=finer(self.app.choices.precision, -1))

    def do_more_digits(self, _: str) -> None:
        """A digit more."""
        self.app.choose(precision=finer(self.app.choices.precision, 1))

    def do_theme(self, _: str) -> None:
        """The next theme."""
        self.app.theme = after(self.app.theme, sorted(self.app.available_themes))
        self._say(f"theme: {self.app.theme}")

    def do_zoom(self, _: str) -> None:
        """The panel in focus on the whole screen, and back."""
        focused = self.app.focused
        name = focused.id if isinstance(focused, Panel) and focused.id else "operation"
        self.app.choose(zoomed="" if self.app.choices.zoomed else name)

    def do_zoom_in(self, _: str) -> None:
        """Fewer timesteps on the timeline."""
        self._zoom_timeline(-1)

    def do_zoom_out(self, _: str) -> None:
        """More timesteps on the timeline."""
        self._zoom_timeline(1)

    def _zoom_timeline(self, steps: int) -> None:
        frame = self.app.session.frame()
        name = Timeline.value_name(frame, self.app.choices)
        width = self.app.query_one(Timeline).size.width
        shown = stretch(frame, name, self.app.choices.timeline_zoom, width)
        now = shown.width if shown.block == 1 else -shown.block
        self.app.choose(timeline_zoom=zoomed(now, steps))

    def do_follow(self, _: str) -> None:
        """The timeline shows the state, or the current line's value."""
        self.app.choose(follows=not self.app.choices.follows)

    def do_choose(self, _: str) -> None:
        """The unit into the line plot, or out of it."""
        chosen = self.app.choices.chosen ^ {self.app.session.cursor.unit}
        self.app.choose(chosen=chosen)
        units = ", ".join(map(str, sorted(chosen))) or "the one at the cursor"
        self._say(f"line plot of unit {units}")

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
        self._say(f"copied {value!r}")

    def do_save(self, said: str) -> None:
        """The screen as SVG, to a file that is not there yet unless it was named."""
        try:
            path = self.app.save_screenshot(said or None)
        except OSError as error:
            raise InputError(f"{said}: cannot be written: {error.strerror}") from None
        self.app.notify(f"saved {path}")

    def do_notes(self, _: str) -> None:
        """All that was inferred."""
        self.app.push_screen(NotesPage(self.app.session.notes))

    def do_command(self, _: str) -> None:
        """The command line."""
        self.app.query_one(Prompt).open()

    def do_help(self, _: str) -> None:
        """The keys."""
        self.app.push_screen(HelpPage())

    def do_quit(self, _: str) -> None:
        """Leave."""
        self.app.exit()

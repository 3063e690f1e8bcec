"""The app: keys to actions, actions to the session, and the newest frame to the panels."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from inspect import isawaitable
from signal import SIGTERM
from threading import Thread
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.reactive import reactive
from textual.screen import Screen

from rnnstep.commands.action import Action, Does, Outcome
from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import mistake_in, performing
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.config import Config
from rnnstep.errors import ExpressionError, RnnstepError
from rnnstep.frame import Frame
from rnnstep.render.rows import clip
from rnnstep.session import Session
from rnnstep.tui.areas import Column, Main, Row
from rnnstep.tui.binding import bind_keys
from rnnstep.tui.folds import fold, make_room
from rnnstep.tui.frames import Frames
from rnnstep.tui.keeper import Keeper
from rnnstep.tui.keybar import KeyBar
from rnnstep.tui.look import colours_of, look_of
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Equations, Inside, Operation, Timeline, Values, Watches
from rnnstep.tui.presses import Presses
from rnnstep.tui.prompt import Prompt
from rnnstep.tui.title import TitleBar
from rnnstep.tui.view import View

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from rnnstep.commands.completing import Completion
    from rnnstep.saved.file import SessionFile
    from rnnstep.tui.line import Line
    from rnnstep.tui.mouse import Mouse
    from rnnstep.tui.shows import Shows


LOADING = 0.3
"""Seconds from the first frame until what it does not need is loaded."""


class Debugger(App[None]):
    """The debugger's screen over one session.

    Args:
        session: the run being debugged.
        config: how it looks, which keys do what, what is done at the start.
        file: from which the session comes back, and to which it is saved.
    """

    CSS_PATH = "rnnstep.tcss"
    TITLE = "rnnstep"
    AUTO_FOCUS = "Operation, #page"

    # of the app itself nothing is drawn: its panels draw what changes in them
    frame: reactive[Frame | None] = reactive[Frame | None](None, repaint=False)
    view: reactive[View] = reactive(View(), repaint=False)

    def __init__(
        self,
        session: Session,
        config: Config | None = None,
        file: SessionFile | None = None,
    ) -> None:
        super().__init__()
        self.keeper = Keeper(self, config or Config(), file)
        self.keys = self.keeper.config.keys
        self.presses = Presses(self)
        bind_keys(self, {key: f"press('{key}')" for key in self.presses.keys}, priority=True)
        self.session = session
        self.frames = Frames(self)
        self.choices = View()
        # called when the first frame is drawn
        self.begun: Callable[[], None] = lambda: None
        # what there is to say is said in the notes' line: widgets for more would stay empty
        self._disable_tooltips = self._disable_notifications = True

    @cached_property
    def shows(self) -> Shows:
        """What keys do to the screen; its modules are loaded after the first frame."""
        from rnnstep.tui.shows import Shows

        return Shows(self)

    @cached_property
    def mouse(self) -> Mouse:
        """What the mouse does; its module likewise."""
        from rnnstep.tui.mouse import Mouse

        return Mouse(self)

    @property
    def main(self) -> Screen[Any]:
        """The screen of the panels, whatever page is over it."""
        return self.screen_stack[0]

    def get_default_screen(self) -> Screen[Any]:
        """The screen of the panels."""
        return Main(id="_default")

    def compose(self) -> ComposeResult:
        """A title, six panels, and what was inferred."""
        # before there are panels whose styles would have to be found anew
        make_room(self.screen, self.size)
        bound = {"frame": Debugger.frame, "view": Debugger.view}
        yield TitleBar(self.session.title).data_bind(frame=Debugger.frame)
        yield Timeline("timeline").data_bind(**bound)
        yield Watches("watches").data_bind(**bound)
        with Row(id="middle"):
            with Column(id="left"):
                yield Equations("equations").data_bind(**bound)
                yield Values("values").data_bind(**bound)
            with Column(id="right"):
                yield Operation("operation").data_bind(**bound)
                yield Inside("inside").data_bind(**bound)
        yield NoteBar(self.session.notes, self.keys)
        yield KeyBar(self.keys).data_bind(**bound)
        yield Prompt(self._complete)

    def on_mount(self) -> None:
        """Take the theme's colours, and show the first frame."""
        self.keeper.begin()
        self.theme_changed_signal.subscribe(self, lambda _: self.choose(**self._look()))
        # taken without choose(), which would publish the same frame once more
        self.choices = self.choices.replaced(**self._look())
        self.frames.publish()
        self.call_after_refresh(self.begun)
        self.set_timer(LOADING, Thread(target=self._load, daemon=True).start)
        with suppress(NotImplementedError, RuntimeError, ValueError):
            # or the terminal stays as the screen has it, and the session is lost
            get_running_loop().add_signal_handler(SIGTERM, self.exit)

    def _load(self) -> None:
        """Load what the first frame does not need, beside the screen."""
        # modules alone: were it made here, too, the screen's own thread might make another one
        for name in ("shows", "mouse"):
            import_module(f"rnnstep.tui.{name}")
        if self.session.trace.compiled:
            self.session.trace.prepare()

    def _look(self) -> dict[str, Any]:
        return {
            "look": look_of(self),
            "coloured": colours_of(self),
            "dark": self.current_theme.dark,
        }

    def run(self, **said: Any) -> Any:
        """Open the screen, until the user quits; then the session is saved, unless it failed."""
        result: Any = super().run(**said)
        if "shows" in vars(self):
            self.shows.close()
        if not self.return_code:
            self.keeper.end()
        return result

    # The one way of state: key, action, session, frame.

    def action_act(self, name: str) -> None:
        """Do an action of the table."""
        self.presses.act(name)

    def perform(self, action: Action, said: str = "", line: str = "") -> None:
        """Do an action.

        Args:
            action: of the table.
            said: the count, number or text given with it; empty if none.
            line: what was typed, if it was; it is shown again if an expression in it is wrong.
        """
        try:
            self.do(action, said)
        except RnnstepError as error:
            if line and isinstance(error, ExpressionError):
                self._show_mistake(mistake_in(error, line, said=line.rindex(said)))
            else:
                self.complain(str(error))
        self.frames.publish_soon()

    def do(self, action: Action, said: str = "") -> None:
        """Do an action, and let who asked for it say what went wrong.

        Raises:
            RnnstepError: it cannot be done.
        """
        if action.takes.needed and not said:
            begins = action.begins(self.session) if action.begins else ""
            self.main.query_one(Prompt).open(f"{action.name} {begins}")
        elif (own := getattr(self.shows, f"do_{action.name}", None)) is not None:
            own(said)
        else:
            parts = performing(self.session, action, said)
            self.shows.go_through(action.name, parts, self.telling())

    def act(self, does: Does, said: str) -> None:
        """Do what needs no screen, say what it has to say, and look for what stops where."""
        tell = self.telling()
        tell(does(self.session, said))

    def telling(self) -> Callable[[Outcome | None], None]:
        """How what begins now says what it has to say, and what is looked for then."""
        session = self.session
        before, there = (session.breakpoints.all, session.trace), (session.cursor, session.trace)

        def tell(outcome: Outcome | None) -> None:
            if outcome is not None and outcome.text:
                self.shows.tell(outcome, moved=(session.cursor, session.trace) != there)
            if (session.breakpoints.all, session.trace) != before:
                self.shows.breaks_changed()

        return tell

    def complain(self, text: str) -> None:
        """Say what went wrong, until the next key."""
        self.main.query_one(NoteBar).complain(text)

    def _show_mistake(self, error: ExpressionError) -> None:
        """Say what went wrong where, and show the line again with the cursor there."""
        self.complain(f"{error.excerpt_within(max(self.size.width - 2, 1))}\n{error}")
        self.main.query_one(Prompt).open(error.text, error.column - 1)

    def notify(
        self,
        message: str,
        *,
        title: str = "",  # noqa: ARG002
        severity: SeverityLevel = "information",
        timeout: float | None = None,  # noqa: ARG002
        markup: bool = True,  # noqa: ARG002
    ) -> None:
        """Where all messages are: Textual's own would cover the panels."""
        say = self.shows.say if severity == "information" else self.complain
        say(message)

    def action_help_quit(self) -> None:
        """Ctrl-C quits nothing: say the key that does, as the table has it."""
        self.shows.say(f"{self.keys.first(BY_NAME['quit'])} quits")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key is pressed if it does something; else it goes to what has the focus."""
        if action == "press":
            return self.presses.does(str(*parameters)) is not None
        return super().check_action(action, parameters)

    async def on_event(self, event: events.Event) -> None:
        """A key first gives up what goes through the run; the one for out does no more."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._heard(event.key)
        if isinstance(event, events.Key) and not event.is_forwarded and self.shows.going_on:
            alone = self.keys.by_key.get(event.key) is BY_NAME["out"]
            self.shows.give_up(alone=alone)
            if alone:
                return
        await super().on_event(event)

    def _heard(self, key: str) -> None:
        """What went wrong is said until the next key; while a line is typed, until that is done."""
        for notes in self.main.query(NoteBar):
            if notes.wrong and (
                not self.main.query_one(Prompt).display or key in ("enter", "escape")
            ):
                notes.hush()

    async def action_press(self, key: str) -> None:
        """Do what a key does."""
        does = self.presses.does(key)
        done = does() if does else None
        if isawaitable(done):
            await done

    def action_focus_next(self) -> None:
        """Tab: on the screen of the panels it is a key as any other."""
        if self.screen is not self.main:
            super().action_focus_next()

    def action_focus_previous(self) -> None:
        """Likewise with Shift."""
        if self.screen is not self.main:
            super().action_focus_previous()

    def run_command(self, text: str) -> None:
        """Do what was typed on the command line."""
        try:
            action, said = parse_command(text, self.keys)
        except RnnstepError as error:
            self.complain(str(error))
        else:
            self.perform(action, said, text)

    def _complete(self, text: str) -> Completion:
        from rnnstep.commands.completing import complete

        return complete(text, self.session, {"theme": sorted(self.available_themes)}, self.keys)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """Every action, in the command palette; Textual's own would say the same again."""
        for action in ACTIONS:
            yield SystemCommand(action.name, action.help, lambda a=action: self.perform(a))

    # What is shown.

    def choose(self, **choices: Any) -> None:
        """Change the reader's choices, by the names of :class:`View`."""
        before, self.choices = self.choices, self.choices.replaced(**choices)
        if (before.zoomed, before.inside) != (self.choices.zoomed, self.choices.inside):
            fold(self.main, self.choices)
        self.frames.publish_soon()

    def on_resize(self, event: events.Resize) -> None:
        """Fold and unfold as there is room."""
        make_room(self.main, event.size)

    def on_panel_picked(self, message: Panel.Picked) -> None:
        """A click or a drag."""
        self._heard("")
        self.mouse.pick(message)
        self.frames.publish_soon()

    def on_panel_turned(self, message: Panel.Turned) -> None:
        """The mouse wheel."""
        self.mouse.turn(message)
        self.frames.publish_soon()

    def on_line_offered(self, message: Line.Offered) -> None:
        """Tab was pressed where several words fit."""
        self.shows.say(clip("  ".join(message.words), max(self.size.width - 2, 0)))

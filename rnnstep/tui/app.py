"""The app: keys to actions, actions to the session, and the newest frame to the panels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer

from rnnstep.errors import RnnstepError
from rnnstep.frame import Frame
from rnnstep.session import Session
from rnnstep.tui.actions import ACTIONS, BY_NAME, Action, Takes
from rnnstep.tui.bars import KeyBar, NoteBar, TitleBar
from rnnstep.tui.commands import parse_command
from rnnstep.tui.look import colours_of, look_of
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Equations, Inside, Operation, Timeline, Values
from rnnstep.tui.prompt import Prompt
from rnnstep.tui.shows import Shows
from rnnstep.tui.view import View

PAUSE = 1 / 30
"""Seconds between two frames at the least, so that keys are never kept waiting by drawing."""


class Debugger(App[None]):
    """The debugger's screen over one session.

    Args:
        session: the run being debugged.
    """

    CSS_PATH = "rnnstep.tcss"
    TITLE = "rnnstep"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"act('{action.name}')", action.label or action.name, show=False)
        for action in ACTIONS
        for key in action.keys
    ]

    frame: reactive[Frame | None] = reactive[Frame | None](None)
    view: reactive[View] = reactive(View())

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.shows = Shows(self)
        self.choices = View()
        self.count = ""
        self._clock: Timer | None = None
        self._stale = False
        self._published = 0.0

    def compose(self) -> ComposeResult:
        """A title, five panels, and what was inferred."""
        bound = {"frame": Debugger.frame, "view": Debugger.view}
        yield TitleBar(self.session.title).data_bind(frame=Debugger.frame)
        yield Timeline("timeline").data_bind(**bound)
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield Equations("equations").data_bind(**bound)
                yield Values("values").data_bind(**bound)
            with Vertical(id="right"):
                yield Operation("operation").data_bind(**bound)
                yield Inside("inside").data_bind(**bound)
        yield NoteBar(self.session.notes)
        yield KeyBar()
        yield Prompt()

    def on_mount(self) -> None:
        """Take the theme's colours, and show the first frame."""
        self.theme_changed_signal.subscribe(self, lambda _: self._take_look())
        self._take_look()
        self._fold()
        self._publish()
        self.query_one(Equations).focus()

    def _take_look(self) -> None:
        self.choose(look=look_of(self), coloured=colours_of(self))

    # The one way of state: key, action, session, frame.

    def action_act(self, name: str) -> None:
        """Do an action of the table, with the count that was typed before it."""
        count, self.count = self.count, ""
        self.query_one(KeyBar).count = ""
        self.perform(BY_NAME[name], count)

    def perform(self, action: Action, said: str = "") -> None:
        """Do an action.

        Args:
            action: of the table.
            said: the count, number or text given with it; empty if none.
        """
        try:
            if action.method:
                self._call(action, said)
            else:
                getattr(self.shows, f"do_{action.name}")(said)
        except RnnstepError as error:
            self.notify(str(error), severity="error")
        self._publish_soon()

    def _call(self, action: Action, said: str) -> None:
        method = getattr(self.session, action.method)
        if action.takes is Takes.COUNT:
            method(int(said or 1))
        elif action.takes is Takes.NOTHING:
            method()
        elif said:
            method(int(said) if action.takes is Takes.NUMBER else said)
        else:
            self.query_one(Prompt).open(f"{action.name} ")

    def on_key(self, event: events.Key) -> None:
        """Collect the digits of a count."""
        digit = event.character or ""
        if digit.isdecimal() and digit.isascii() and (self.count or digit != "0"):
            self.count = (self.count + digit)[-9:]
            self.query_one(KeyBar).count = self.count
            event.stop()

    def run_command(self, text: str) -> None:
        """Do what was typed on the command line."""
        try:
            action, said = parse_command(text)
        except RnnstepError as error:
            self.notify(str(error), severity="error")
        else:
            self.perform(action, said)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action, in the command palette."""
        yield from super().get_system_commands(screen)
        for action in ACTIONS:
            yield SystemCommand(action.name, action.help, lambda a=action: self.perform(a))

    # What is shown.

    def _publish_soon(self) -> None:
        """Publish at once, or after a pause if a frame was drawn just now.

        A key that is held down sends more than can be drawn: only the newest state is shown.
        """
        if self._stale:
            return
        self._stale = True
        wait = self._published + PAUSE - monotonic()
        if wait > 0:
            self.set_timer(wait, self._publish)
        else:
            self.call_later(self._publish)

    def _publish(self) -> None:
        self._stale = False
        self.view = self.choices
        self.frame = self.session.frame()
        self._run_clock()
        self._published = monotonic()

    def _run_clock(self) -> None:
        playback = self.session.playback
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        if playback.playing:
            self._clock = self.set_timer(1 / playback.speed, self._tick)

    def _tick(self) -> None:
        self.session.tick()
        self._publish()

    def choose(self, **choices: Any) -> None:
        """Change the reader's choices, by the names of :class:`View`."""
        before, self.choices = self.choices, replace(self.choices, **choices)
        if (before.zoomed, before.inside) != (self.choices.zoomed, self.choices.inside):
            self._fold()
        self._publish_soon()

    def _fold(self) -> None:
        """Fold and unfold the panels as the choices say."""
        screen, zoomed = self.screen_stack[0], self.choices.zoomed
        screen.set_class(bool(zoomed), "-zoomed")
        screen.set_class(self.choices.inside, "-inside")
        for part in screen.query("Panel, #middle, #left, #right"):
            holds = bool(zoomed and part.query(f"#{zoomed}"))
            part.set_class(part.id == zoomed or holds, "-chosen")

    def on_resize(self, event: events.Resize) -> None:
        """Say how much room there is; the style sheet does the rest."""
        screen = self.screen_stack[0]
        screen.set_class(event.size.height < 32 or event.size.width < 100, "-compact")
        screen.set_class(event.size.height < 18, "-low")
        screen.set_class(event.size.width < 60, "-narrow")
        screen.set_class(event.size.height >= 46, "-roomy")

    def on_panel_picked(self, message: Panel.Picked) -> None:
        """A click on a row: go to what it stands for."""
        target = message.target
        if isinstance(message.panel, Timeline):
            self.session.goto(target.timestep(message.x))  # type: ignore[attr-defined]
        elif isinstance(target, tuple):
            self.session.goto_line(*target)
        elif isinstance(target, str):
            layer = self.session.trace.model.layers[self.session.cursor.layer]
            names = [equation.name for equation in layer.cell.equations]
            if target in names:
                self.session.goto_line(self.session.cursor.layer, names.index(target))
        elif isinstance(target, int) and isinstance(message.panel, Operation):
            self.session.goto_unit(target)
        self._publish_soon()

    def on_panel_turned(self, message: Panel.Turned) -> None:
        """The mouse wheel: time on the timeline, lines elsewhere."""
        if isinstance(message.panel, Timeline):
            self.session.step(message.lines)
        else:
            self.perform(BY_NAME["down" if message.lines > 0 else "up"])
        self._publish_soon()

    def on_prompt_given(self, message: Prompt.Given) -> None:
        """The command line was entered."""
        self.query_one(Equations).focus()
        self.run_command(message.text)

"""The page of breakpoints: let one stop or pass, take one away."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from rnnstep.breaks.breakpoints import Breakpoint
from rnnstep.commands.breakpoints import list_breaks
from rnnstep.session import Session
from rnnstep.tui.listing import ListPage


class BreakpointsPage(ListPage[None]):
    """Every breakpoint with its hits; changes are made at once."""

    OPENED_BY = ("breakpoints",)
    ABOUT = ("breakpoints", "Enter lets it stop or pass · x takes it away · Esc closes")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "let", show=False),
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def show(self, light: int = 0) -> None:
        """A line a breakpoint, filled if it stops."""
        signs = ["● " if known.enabled else "○ " for known in self.session.breakpoints.all] or [""]
        lines = list_breaks(self.session, "").text.splitlines()
        self.fill((Text(s + line) for s, line in zip(signs, lines, strict=True)), light)

    @property
    def _lit(self) -> tuple[Breakpoint, ...]:
        """The breakpoint in the light, if there is one."""
        return self.session.breakpoints.all[self.at : self.at + 1]

    def action_let(self) -> None:
        """Let the one in the light stop, or pass."""
        for known in self._lit:
            self.session.breakpoints.enable(known.number, not known.enabled)
            self.show(self.at)

    def action_remove(self) -> None:
        """Take it away."""
        for known in self._lit:
            self.session.breakpoints.remove(known.number)
            self.show(self.at)

    def choose(self, line: int) -> None:  # noqa: ARG002
        """Enter is as Space: what is chosen is in the light."""
        self.action_let()

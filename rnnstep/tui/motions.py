"""The motions that say something, or that depend on what is shown."""

from __future__ import annotations

from rnnstep.tui.does import Does
from rnnstep.tui.panels import Inside
from rnnstep.tui.view import place_of


class Motions(Does):
    """To a line, a term, what made a number; whether time runs, and how fast."""

    def do_play(self, _: str) -> None:
        """Let time run, or stop it."""
        self.app.session.toggle_play()

    def do_down(self, said: str) -> None:
        """To the next line, or inside a number to the next term."""
        self._go_down(int(said or 1))

    def do_up(self, said: str) -> None:
        """To the line before, or inside a number to the term before."""
        self._go_down(-int(said or 1))

    def _go_down(self, count: int) -> None:
        if not (self.app.choices.inside and self.go_to_term(count)):
            self.app.session.next_line(count)

    def go_to_term(self, count: int) -> bool:
        """Go ``count`` terms down the number at the cursor; whether it has any."""
        frame = self.app.session.frame()
        terms = Inside.terms(frame)
        if terms:
            term = min(max(self.app.choices.term_of(frame.cursor) + count, 0), terms - 1)
            self.app.choose(term=(term, place_of(frame.cursor)))
        return terms > 0

    def do_origin(self, _: str) -> None:
        """To what made this number, or its chosen term."""
        session = self.app.session
        session.to_origin(self.app.choices.term_of(session.cursor))
        self.say_where()

    def do_faster(self, _: str) -> None:
        """Time runs faster."""
        self.app.session.faster()
        self._say_speed()

    def do_slower(self, _: str) -> None:
        """Time runs slower."""
        self.app.session.slower()
        self._say_speed()

    def _say_speed(self) -> None:
        self.say(f"play: {self.app.session.playback.speed:g} timesteps a second")

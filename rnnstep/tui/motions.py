"""The motions that say something, or that depend on what is shown."""

from __future__ import annotations

from rnnstep.commands.parsing import is_number
from rnnstep.tui.does import Does
from rnnstep.tui.panels import Inside
from rnnstep.tui.view import place_of


class Motions(Does):
    """To a timestep, a line, a unit, a term; how fast time runs."""

    def do_first(self, said: str) -> None:
        """To timestep 0, or to the one that was said."""
        self.do_goto(said or "0")

    def do_last(self, said: str) -> None:
        """To the last timestep, or to the one that was said."""
        self.do_goto(said or str(len(self.app.session.trace) - 1))

    def do_goto(self, said: str) -> None:
        """To a timestep, or as near as there is one."""
        session, t = self.app.session, int(said)
        session.goto(t)
        at = session.cursor.t
        if at != t:
            place = f"t {at}" if at >= 0 else "the initial state"
            self._out_of_range(f"t {t}", len(session.trace), place)

    def do_unit(self, said: str) -> None:
        """To an entry of the line's value, by its number or its label."""
        session = self.app.session
        unit = int(said) if is_number(said) else session.unit_called(said)
        session.goto_unit(unit)
        at = session.cursor.unit
        if at != unit:
            self._out_of_range(f"unit {unit}", session.units, f"unit {at}")

    def _out_of_range(self, what: str, count: int, place: str) -> None:
        self.say(f"{what} is out of range, 0 to {count - 1}: went to {place}")

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

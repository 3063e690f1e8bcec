"""How things look: what stands in cells, colours, digits, the theme."""

from __future__ import annotations

from rnnstep.commands import what_if
from rnnstep.commands.parsing import one_of
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Scale
from rnnstep.tui.does import Does
from rnnstep.tui.view import after, finer


class Looks(Does):
    """Each goes to the next choice, or to the one that is named."""

    def do_mode(self, said: str) -> None:
        """Numbers, colours, both."""
        known = [mode.value for mode in Mode]
        now = self.app.choices.mode.value
        mode = Mode(one_of("mode", said, known) if said else after(now, known))
        self.app.choose(mode=mode)
        self.say(f"cells: {mode.value}")

    def do_scale(self, said: str) -> None:
        """What the strongest colour stands for."""
        if " " in said:
            self.app.act(what_if.scale, said)
            return
        known = [scale.value for scale in Scale]
        now = self.app.choices.scale.value
        scale = Scale(one_of("colour scale", said, known) if said else after(now, known))
        self.app.choose(scale=scale)
        self.say(f"colour scale: {scale.value}")

    def do_map(self, said: str) -> None:
        """A colour map, which stays whatever the theme is."""
        now = self.app.choices.map
        name = one_of("colour map", said, COLOUR_MAPS) if said else after(now, COLOUR_MAPS)
        self.app.choose(colour_map=name)
        self.say(f"colour map: {name}")

    def do_theme(self, said: str) -> None:
        """The theme of the whole screen."""
        known = sorted(self.app.available_themes)
        name = one_of("theme", said, known) if said else after(self.app.theme, known)
        self.app.theme = name
        self.say(f"theme: {name}")

    def do_fewer_digits(self, _: str) -> None:
        """A digit less."""
        self.app.choose(precision=finer(self.app.choices.precision, -1))

    def do_more_digits(self, _: str) -> None:
        """A digit more."""
        self.app.choose(precision=finer(self.app.choices.precision, 1))

"""What would explain what is expected, looked for while the screen stays alive."""

from __future__ import annotations

from dataclasses import replace

from rnnstep.commands.divergences import explained, explaining
from rnnstep.explaining import Explaining
from rnnstep.render.diagnosis import closest, so_far
from rnnstep.tui.slices import Job, Slicing


class Diagnosing(Slicing):
    """The search, which goes on where it was given up."""

    _explaining: Explaining | None = None

    def do_explain(self, said: str) -> None:
        """What would explain all that is expected."""
        search = self._explaining = explaining(self.app.session, said, self._explaining)
        again = f":explain {said}".rstrip() + " goes on from there"

        def progress() -> tuple[str, str]:
            tried = search.tried
            return (so_far(tried), closest(tried)) if tried else ("looking", "")

        def left(alone: bool) -> None:
            if alone:
                found = explained(search)
                self.tell(replace(found, text=f"{found.text}\n\n{again}"))
            else:
                self.say(f"search given up; {again}")

        self.work(Job(iter(search), progress, lambda: self.tell(explained(search)), left))

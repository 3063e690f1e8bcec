"""What would explain what is expected, looked for while the screen stays alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.commands.action import Outcome, Parts
from rnnstep.commands.divergences import explained, explaining
from rnnstep.progress import Progress
from rnnstep.tui.searching import Searching

if TYPE_CHECKING:
    from rnnstep.explaining import Explaining


class Diagnosing(Searching):
    """The search, which goes on where it was given up."""

    _explaining: Explaining | None = None

    def do_explain(self, said: str) -> None:
        """What would explain all that is expected."""
        search = self._explaining = explaining(self.app.session, said, self._explaining)
        again = f":explain {said}".rstrip() + " goes on from there"

        def left(alone: bool) -> None:
            if alone:
                found = explained(search)
                self.tell(found.replaced(text=f"{found.text}\n\n{again}"))
            else:
                self.say(f"explain given up; {again}")

        def end(found: Outcome | None) -> None:
            if found is not None:
                self.tell(found)

        self.go_through("explain", _parts(search), end, left)


def _parts(search: Explaining) -> Parts:
    from rnnstep.render.diagnosis import closest, so_far

    for tried in search:
        yield Progress(0, so_far(tried), closest(tried))
    yield explained(search)

"""The screen: a Textual app over a :class:`~rnnstep.session.Session`.

Floor 5. Textual is imported nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


def screen(session: Session) -> Debugger:
    """The debugger over a session, not open yet: ``run()`` opens it until the user quits."""
    from rnnstep.tui.app import Debugger

    return Debugger(session)


def run(session: Session) -> int:
    """Open the debugger on a session, until the user quits; the exit code, 0 unless it failed."""
    app = screen(session)
    app.run()
    return app.return_code or 0

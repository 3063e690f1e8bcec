"""The screen: a Textual app over a :class:`~rnnstep.session.Session`.

Floor 5. Textual is imported nowhere else.
"""

from __future__ import annotations

from rnnstep.session import Session


def run(session: Session) -> None:
    """Open the debugger on a session, until the user quits."""
    from rnnstep.tui.app import Debugger

    Debugger(session).run()

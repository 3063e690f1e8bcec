"""The screen: a Textual app over a :class:`~rnnstep.session.Session`.

Floor 5. Textual is imported nowhere else.
"""

from __future__ import annotations

from rnnstep.session import Session


def run(session: Session) -> int:
    """Open the debugger on a session, until the user quits; the exit code, 0 unless it failed."""
    from rnnstep.tui.app import Debugger

    app = Debugger(session)
    app.run()
    return app.return_code or 0

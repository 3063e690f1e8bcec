"""The screen: a Textual app over a :class:`~rnnstep.session.Session`.

Floor 5. Textual is imported nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.saved import SessionFile
    from rnnstep.tui.app import Debugger


def screen(session: Session, file: SessionFile | None = None) -> Debugger:
    """The debugger over a session, as configured, not open yet.

    Args:
        session: the run being debugged.
        file: from which the session comes back, and to which it is saved.

    Returns:
        the app: ``run()`` opens it until the user quits.

    Raises:
        InputError: what is wrong with the configuration.
    """
    from rnnstep.config import find_config

    config = find_config()
    from rnnstep.tui.app import Debugger

    return Debugger(session, config, file)


def run(session: Session, file: SessionFile | None = None) -> int:
    """Open the debugger on a session, as configured, until the user quits.

    Args:
        session: the run being debugged.
        file: from which the session comes back, and to which it is saved.

    Returns:
        the exit code, 0 unless it failed.

    Raises:
        InputError: what is wrong with the configuration.
    """
    app = screen(session, file)
    app.run()
    return app.return_code or 0

"""Sessions that are saved and come back: what of them is kept, in which file, and where.

Floor 3. A session file is JSON with a version and one entry a part. What cannot be used of it is
said and left out; it is never overwritten without a copy.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.saved.file import SessionFile
from rnnstep.saved.place import own_path, sources

if TYPE_CHECKING:
    from rnnstep.notes import Note
    from rnnstep.session import Session

__all__ = ["SessionFile", "file_of", "restore", "save"]


def file_of(session: Session, named: Path | None = None) -> SessionFile | None:
    """The file that a session comes back from: a named one, or its own if it may have one."""
    path = own_path(session) if named is None else named
    return None if path is None else SessionFile(path, wanted=named is not None)


def save(session: Session, path: Path) -> None:
    """Write a session that no screen shows; see :meth:`rnnstep.Session.save`."""
    from rnnstep.saved.parts import parts_of
    from rnnstep.session import Session

    file = SessionFile(path)
    # whether what is there is a session of this run, which may be replaced, is found by trying
    file.restore(parts_of(Session(session.tree.forks[0].trace, session.labels)), sources(session))
    file.save(parts_of(session), sources(session), asked=True)


def restore(session: Session, path: Path) -> tuple[Note, ...]:
    """Take one back; see :meth:`rnnstep.Session.restore`."""
    from rnnstep.saved.parts import parts_of

    file = SessionFile(path)
    if file.missing:
        raise InputError(f"{path}: no such file")
    return file.restore(parts_of(session), sources(session))

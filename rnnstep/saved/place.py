"""Where a session is kept that was given no file: in the user's state folder, by what it is of."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnstep.session import Session


_PRIME = 10**24 + 7
"""Names are remainders by it: hashlib takes longer to load than all that is done here."""


def sources(session: Session) -> dict[str, str]:
    """What a session is of: the absolute paths of its sequence and its weights; empty if none.

    Of a batch also the sample, but for the first.
    """
    weights = session.trace.model.path
    found = {
        "sequence": str(session.source.resolve()) if session.source else "",
        "weights": str(weights.resolve()) if weights else "",
    }
    return found | ({"sample": str(session.sample)} if session.sample else {})


def own_path(session: Session) -> Path | None:
    """The file of a sequence with its weights; ``None`` if no file or no folder is known."""
    if session.source is None:
        return None
    from platformdirs import user_state_path

    folder = user_state_path("rnnstep")
    named = json.dumps(sources(session)).encode()
    name = f"{int.from_bytes(named, 'big') % _PRIME:024}"
    # without a home the folder would be one below that of the call
    return folder / "sessions" / f"{name}.json" if folder.is_absolute() else None


def unwritable(path: Path) -> str:
    """Why a file that is to be saved later could not be; empty if it could."""
    folder = path.parent
    try:
        if path.is_dir():
            return "it is a folder"
        if not folder.is_dir():
            return f"there is no folder {folder}"
    except OSError as error:
        return str(error.strerror)
    return "" if os.access(folder, os.W_OK) else f"{folder} takes no new files"

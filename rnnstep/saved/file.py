"""A session file: read as far as it can be used, written whole, never lost without a copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError, RnnstepError
from rnnstep.notes import Note

if TYPE_CHECKING:
    from rnnstep.saved.part import Bound

VERSION = 1
LARGEST = 8 * 2**20
"""Bytes of a file above which it is none of a session."""
_HEAD = {"sequence": "", "weights": "", "sample": "0"}
"""What a session is of, and what that is where it is not said."""
_OF_THE_SCREEN = ("view", "history")
"""Parts that who has no screen leaves as they are."""


class SessionFile:
    """One file, and whether all that is in it has been used.

    Args:
        path: it need not be there yet.
        wanted: whether the user named it; one of one's own may lack its folder, too.
    """

    def __init__(self, path: Path, wanted: bool = True) -> None:
        self.path = path
        self.wanted = wanted
        self._used: bytes | None = None

    @property
    def missing(self) -> bool:
        """Whether there is nothing of this name; what cannot be looked at is not missing."""
        try:
            return self._there() is None
        except InputError:
            return False

    def restore(self, parts: Mapping[str, Bound], head: Mapping[str, str]) -> tuple[Note, ...]:
        """Give everything back that can be used.

        Args:
            parts: by name, in the order in which they are given back.
            head: what the session is of, see :func:`rnnstep.saved.place.sources`.

        Returns:
            a warning for all that cannot.
        """
        from rnnstep.saved.part import Kept

        try:
            there = self._there()
            document = _document(there) if there is not None else {}
        except InputError as error:
            told = f"session {error}; it is copied before it is overwritten ({self.path})"
            return (Note(told, warning=True),)
        wrong = [*_of_another(document, head), *_given(document, parts)]
        self._used = there if all(isinstance(text, Kept) for text in wrong) else None
        return tuple(Note(f"session: {text} ({self.path})", warning=True) for text in wrong)

    def save(
        self, parts: Mapping[str, Bound], head: Mapping[str, str], *, asked: bool = False
    ) -> bool:
        """Write everything, if there is anything, or if it was asked for; whether it was written.

        Raises:
            InputError: it cannot be written, or what is there cannot be copied.
        """
        written = {name: value for name, part in parts.items() if (value := part.write())}
        try:
            there = self._there()
        except InputError as error:
            raise InputError(f"{self.path} {error}") from None
        document = {"version": VERSION, **head, **_kept(there, parts), **written}
        new = f"{json.dumps(document, indent=1, allow_nan=False)}\n".encode()
        if new == there or (there is None and not (written or asked)):
            return False
        try:
            self._write(new, copying=there not in (None, self._used))
        except OSError as error:
            reason = error.strerror or error
            raise InputError(f"{self.path}: cannot be written: {reason}") from None
        self._used = new
        return True

    def _write(self, new: bytes, copying: bool) -> None:
        from rnnstep.replacing import replacing

        if copying:
            self._copy()
        if not self.wanted:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as temporary:
            temporary.write_bytes(new)

    def _there(self) -> bytes | None:
        """What is in the file, as far as one of a session may be long; ``None`` if it is not there.

        Raises:
            InputError: it is no file, or cannot be read.
        """
        try:
            if not self.path.exists():
                return None
            if not self.path.is_file():
                raise InputError("is no file")
            with self.path.open("rb") as file:
                return file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read: {getattr(error, 'strerror', error)}") from None

    def _copy(self) -> None:
        """Copy what is there to ``FILE.bak``, or to the first number behind that is free."""
        for number in count(1):
            copy = Path(f"{self.path}.bak{number if number > 1 else ''}")
            try:
                with self.path.open("rb") as there, copy.open("xb") as file:
                    shutil.copyfileobj(there, file)
            except FileExistsError:
                continue
            return


def _document(there: bytes) -> Mapping[str, Any]:
    """The object that a file holds.

    Raises:
        InputError: it is none of a session, or of another version.
    """
    if len(there) > LARGEST:
        raise InputError(f"is longer than {LARGEST // 2**20} MiB, and no session")
    try:
        document = json.loads(there)
    except (ValueError, RecursionError):
        raise InputError("is damaged: no JSON") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int:
        raise InputError("is no session: it says no version")
    if version != VERSION:
        raise InputError(f"is of version {version}, not {VERSION}")
    return dict(document)


def _given(document: Mapping[str, Any], parts: Mapping[str, Bound]) -> Iterator[str]:
    """Give every part back; what of it cannot be used."""
    for name in document:
        if name not in ("version", *_HEAD, *_OF_THE_SCREEN, *parts):
            yield f"there is no part '{name[:40]}'"
    for name, part in parts.items():
        try:
            if name in document:
                yield from (type(text)(text[:300]) for text in part.read(document[name]))
        except RnnstepError as error:
            yield f"{name}: {error}"[:300]


def _of_another(document: Mapping[str, Any], head: Mapping[str, str]) -> Iterator[str]:
    """Whether it was saved of files of other names; those may have been moved together."""
    for kind, absent in _HEAD.items():
        saved, here = document.get(kind, absent), head.get(kind, absent)
        if isinstance(saved, str) and saved and here and Path(saved).name != Path(here).name:
            yield f"it was saved with the {kind} {Path(saved).name[:80]}"


def _kept(there: bytes | None, parts: Mapping[str, Bound]) -> dict[str, Any]:
    """The parts of the screen, where there is none to make them anew."""
    try:
        document = _document(there) if there is not None else {}
    except InputError:
        return {}
    return {n: document[n] for n in _OF_THE_SCREEN if n in document and n not in parts}

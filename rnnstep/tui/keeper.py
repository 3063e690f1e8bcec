"""What there is at the start: as configured, as commanded, as it was left; and what is kept of it.

Each comes over the one before. What is kept of the view is what differs from what was configured
and commanded, so that a change of the configuration is seen wherever nothing else was chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError, RnnstepError
from rnnstep.notes import Note, printable
from rnnstep.saved.file import SessionFile
from rnnstep.saved.place import sources, unwritable
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.prompt import Prompt
from rnnstep.tui.view import View

if TYPE_CHECKING:
    from rnnstep.config import Config
    from rnnstep.tui.app import Debugger


class Keeper:
    """The start and the end of a session on the screen.

    Args:
        app: whose session and view.
        config: the reader's.
        file: of the session; ``None`` if nothing is kept.
    """

    def __init__(self, app: Debugger, config: Config, file: SessionFile | None) -> None:
        self.app = app
        self.config = config
        self.file = file
        self.history: list[str] = []
        self.base: tuple[View, str] = (View(), "")

    def begin(self) -> None:
        """Bring everything to where it was, and add what is to be said about it to the notes."""
        app = self.app
        self.history = app.query_one(Prompt).history
        if self.config.view:
            self.choose(self.config.view)
        notes = list(self._commanded())
        self.base = (app.choices, app.theme)
        if self.file is not None:
            if self.config.startup and not self.file.missing:
                # or what is restored would be changed by a command when that ends
                self.app.shows.finish()
            notes += self._restored(self.file)
        if notes:
            told = sorted((*notes, *app.session.notes), key=lambda note: note.rank)
            app.session.notes = tuple(told)
            app.query_one(NoteBar).show(app.session.notes)

    def choose(self, view: Mapping[str, Any]) -> None:
        """Choose settings by their names."""
        from rnnstep.tui.settings import SETTINGS

        for name, value in view.items():
            if SETTINGS[name].choice:
                self.app.choices = self.app.choices.replaced(**{SETTINGS[name].choice: value})
            else:
                self.app.theme = value

    def _commanded(self) -> Iterator[Note]:
        """Do the commands of the start; a warning for each that cannot be done."""
        for text in self.config.startup:
            from rnnstep.commands.parsing import parse_command

            try:
                self.app.do(*parse_command(text, self.app.keys))
            except RnnstepError as error:
                yield Note(f"startup '{text[:40]}': {error}", warning=True)

    def _restored(self, file: SessionFile) -> Iterator[Note]:
        if not file.missing:
            yield from self._given_back(file)
        reason = unwritable(file.path) if file.wanted else ""
        if reason:
            yield Note(f"the session cannot be saved to {file.path}: {reason}", warning=True)

    def _given_back(self, file: SessionFile) -> Iterator[Note]:
        from rnnstep.tui.kept import all_parts

        session = self.app.session
        before = session.breakpoints.all
        left_out = file.restore(all_parts(self), sources(session))
        yield from left_out
        if not left_out:
            yield Note("as it was left", flag="--no-session")
        if session.breakpoints.all is not before:
            self.app.shows.breaks_changed()

    def save(self, path: Path | None = None) -> str:
        """Save the session now.

        Args:
            path: where to, from now on.

        Returns:
            what to say about it.

        Raises:
            InputError: it cannot be saved.
        """
        from rnnstep.tui.kept import all_parts

        file = self.file
        if path is not None and (file is None or file.path != path):
            file = SessionFile(path)
        if file is None:
            raise InputError("nothing of this session is kept: name a file")
        written = file.save(all_parts(self), sources(self.app.session), asked=path is not None)
        self.file = file
        return f"{'saved' if written else 'nothing new is to be saved in'} {file.path}"

    def end(self) -> None:
        """Save the session; that it could not be is no failure of the program."""
        try:
            if self.file is not None:
                self.save()
        except InputError as error:
            text = printable(f"rnnstep: the session is not saved: {error}")
            sys.stderr.write(f"{text}\n")

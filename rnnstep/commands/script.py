"""Scripts: commands by lines or semicolons, checked before the first is done, then done."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rnnstep.arrays import open_binary
from rnnstep.commands.action import Action, Outcome
from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import check, mistake_in, performing_and_telling
from rnnstep.errors import ExpressionError, InputError, RnnstepError
from rnnstep.progress import Progress
from rnnstep.session import Session

_COMMENT = re.compile(r"(^|(?<=[\s;]))#.*", re.DOTALL)
"""A comment stands alone, or behind a blank: a name of a file or unit may have the sign."""
_MADE_BY_EDITS = re.compile(r"_(at|set|scale|noise)\d*\b")
_STDIN = "-"
_LARGEST = 10_000_000


@dataclass(frozen=True)
class Command:
    """One command of a script.

    Attributes:
        text: as it is written.
        action: what it does.
        said: what is said with it.
        place: its file and line, ``checks.txt:3``.
        line: the whole line.
        start: where in the line it begins, from 0.
    """

    text: str
    action: Action
    said: str
    place: str
    line: str
    start: int

    def __str__(self) -> str:
        """``checks.txt:3: step 2``."""
        return f"{self.place}: {self.text}"


def parse_script(text: str, source: str) -> list[Command]:
    """The commands of a script.

    A line has one, or several with ``;`` between; ``#`` begins a comment.

    Args:
        text: the script.
        source: what it is called in errors, such as its file.

    Raises:
        ExpressionError: the first that is no command of a script, with line and column.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for part in re.finditer("[^;]+", _COMMENT.sub("", line)):
            written = part[0].strip()
            if written:
                start = part.start() + part[0].index(written)
                found.append(_command(written, f"{source}:{number}", line.rstrip("\r"), start))
    return found


def _command(text: str, place: str, line: str, start: int) -> Command:
    try:
        action, said = parse_command(text)
        check(action, said)
    except RnnstepError as error:
        raise mistake_in(error, line, start, start, place) from None
    return Command(text, action, said, place, line, start)


def run_script(
    session: Session, commands: Iterable[Command]
) -> Generator[tuple[Command, Progress | Outcome], None, None]:
    """Do the commands one after the other, each when it is asked for.

    Yields:
        a command, and how far it is, again and again, or what it has to say.

    Raises:
        ExpressionError: a command cannot be done, with line and column. If that could be known
            before, none is done, else those before it are.
        KeyboardInterrupt: with the place and the text of the command that was interrupted.
    """
    commands = list(commands)
    for command in commands:
        _check(session, command)
    for command in commands:
        try:
            with closing(performing_and_telling(session, command.action, command.said)) as parts:
                for part in parts:
                    yield command, part
        except RnnstepError as error:
            raise _mistake(error, command) from None
        except KeyboardInterrupt as stop:
            raise KeyboardInterrupt(*(stop.args or (str(command),))) from None


def _check(session: Session, command: Command) -> None:
    """Refuse what is wrong wherever it is said; an edit may yet make names of its own."""
    if command.action.checks is None:
        return
    try:
        command.action.checks(session, command.said)
    except RnnstepError as error:
        if not _MADE_BY_EDITS.search(command.said):
            raise _mistake(error, command) from None


def _mistake(error: RnnstepError, command: Command) -> ExpressionError:
    start, said = command.start, command.start + len(command.text) - len(command.said)
    return mistake_in(error, command.line, start, said, command.place)


def read_script(path: Path) -> str:
    """The text of a script's file; ``-`` is what comes in from outside.

    Raises:
        InputError: no such file, too large, or no text.
    """
    name = script_name(path)
    if str(path) == _STDIN:
        raw = sys.stdin.buffer.read(_LARGEST + 1)
        size = len(raw)
    else:
        with open_binary(path, empty=True) as file:
            size = os.fstat(file.fileno()).st_size
            raw = file.read(_LARGEST + 1)
    if size > _LARGEST:
        raise InputError(f"{name}: a script has at most {_LARGEST:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text: byte {error.start}") from None


def script_name(path: Path) -> str:
    """What a script's file is called in errors."""
    return "stdin" if str(path) == _STDIN else str(path)

"""What a script has to say, printed while it is done; how far a long command is, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from time import monotonic

from rnnstep.commands.action import Outcome
from rnnstep.commands.script import Command
from rnnstep.commands.telling import as_block, as_line
from rnnstep.notes import printable
from rnnstep.progress import Progress

_PATIENCE, _PAUSE = 0.5, 0.1
"""Seconds before a command's progress is shown, and between two that are."""
_CLEARED = "\r\x1b[K"


def tell_all(done: Iterable[tuple[Command, Progress | Outcome]], as_json: bool) -> int:
    """Print what each command has to say, and return how many assertions failed."""
    failed, going_on = 0, list[str]()
    status = Status()
    try:
        for command, part in done:
            if isinstance(part, Progress):
                going_on = [str(command)]
                status.show(f"{command.text}: at t {part.t}")
                continue
            going_on = []
            status.clear()
            failed += part.failed
            print(as_line(command, part) if as_json else as_block(command, part), flush=True)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(*(stop.args or going_on)) from None
    finally:
        status.clear()
        sys.stdout.flush()
    if failed:
        print(f"rnnstep: {failed} assertion{'s'[: failed > 1]} failed", file=sys.stderr)
    return failed


class Status:
    """A line on the terminal that is there while something takes long."""

    def __init__(self) -> None:
        self._shown = False
        self._next = monotonic() + _PATIENCE

    def show(self, text: str) -> None:
        """Show how far it is, if that is due; nothing where nobody looks."""
        if monotonic() < self._next or not sys.stderr.isatty():
            return
        self._shown, self._next = True, monotonic() + _PAUSE
        sys.stderr.write(f"{_CLEARED}{printable(text)[:70]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away: a command is done."""
        if self._shown:
            sys.stderr.write(_CLEARED)
            sys.stderr.flush()
        self._shown, self._next = False, monotonic() + _PATIENCE

"""A session on the screen, or as plain text where the output is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError

if TYPE_CHECKING:
    from rnnstep.saved import SessionFile
    from rnnstep.session import Session

PRINTED = 10
"""Timesteps that are printed unless others are asked for."""


def show(
    sequence: Path,
    said: dict[str, Any] | None = None,
    flags: Sequence[str] = (),
    keep: Callable[[Session], SessionFile | None] | None = None,
) -> None:
    """Open the debugger; plain text when the output is not a terminal.

    Args:
        sequence: an npy file.
        said: about the model, as :func:`rnnstep.open_session` takes it.
        flags: the same as it was typed.
        keep: the file of a session; its own by default.
    """
    options = said or {}
    if on_terminal():
        from rnnstep.cli.lean import lean, look_for_garbage

        with lean():
            from rnnstep.opening import open_session
            from rnnstep.saved import file_of
            from rnnstep.tui import screen

            session = open_session(sequence, **options)
            app = screen(session, (keep or file_of)(session))
            app.begun = look_for_garbage
            app.run()
        if app.return_code:
            sys.exit(app.return_code)
    else:
        from rnnstep.opening import open_session

        command = ["rnnstep", "print", str(sequence), *flags]
        print_steps(open_session(sequence, **options), "", command)


def on_terminal() -> bool:
    """Whether there is a screen to show anything on, and somebody to press keys."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def print_steps(session: Session, steps: str, command: Sequence[str]) -> None:
    """Print every value of some timesteps.

    Args:
        session: whose.
        steps: ``START:STOP``; the first ones if empty.
        command: the words of the command that prints them, without its ``--steps``.

    Raises:
        InputError: the run does not have these timesteps.
    """
    from rich.console import Console
    from rich.segment import Segment, Segments

    from rnnstep.notes import printable
    from rnnstep.render.pen import Pen
    from rnnstep.render.report import report

    chosen = _range(steps, len(session.trace))
    tolerate()
    console = Console(highlight=False, soft_wrap=True)
    width = console.width if console.is_terminal else 100
    for row in report(session, chosen, Pen(), width):
        shown = [Segment(printable(segment.text), segment.style) for segment in row]
        console.print(Segments([*shown, Segment.line()]), end="")
    if chosen.stop < len(session.trace):
        print()
        print(printable(_rest(chosen.stop, len(session.trace), command)))


def _rest(stop: int, count: int, command: Sequence[str]) -> str:
    """How many timesteps are left, and the command that prints the next ones."""
    import shlex

    rest = count - stop
    following = shlex.join([*command, "--steps", f"{stop}:{stop + min(rest, PRINTED)}"])
    return f"… {rest} more timestep{'s'[: rest > 1]}: {following}"


def tolerate() -> None:
    """Print what the output's encoding lacks as question marks."""
    if isinstance(sys.stdout.encoding, str) and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def _range(text: str, count: int) -> range:
    if not text:
        return range(min(count, PRINTED))
    start, colon, stop = text.partition(":")
    try:
        first = int(start or 0)
        last = int(stop or count) if colon else first + 1
    except ValueError:
        raise InputError(f"--steps {text}: write START:STOP, such as 0:5") from None
    if not 0 <= first < last or first >= count:
        raise InputError(f"--steps {text}: the run has timesteps 0 to {count - 1}")
    return range(first, min(last, count))

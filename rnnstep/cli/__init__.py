"""The command: what it was called with, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rnnstep import __version__
from rnnstep.errors import ExpressionError, RnnstepError

BAD_INPUT, INTERRUPTED = 2, 130
VERSION = "--version"


def main(tokens: Iterable[str] | None = None) -> None:
    """Run the command and exit: 0, 1 if something does not hold, or 2 for bad input."""
    given = list(sys.argv[1:] if tokens is None else tokens)
    sys.exit(_guarded(lambda: _run(given)))


def _run(tokens: list[str]) -> None:
    """Do what was said; a lone flag or sequence needs no parser, which takes long to load."""
    match tokens:
        case [token] if token == VERSION:
            sys.stdout.write(f"{__version__}\n")
        case [token] if token.endswith(".npy") and not token.startswith("-"):
            # no command's name has a dot in it
            from rnnstep.cli.showing import show

            show(Path(token))
        case _:
            from rnnstep.cli.app import run

            run(tokens or ["--help"])


def _guarded(command: Callable[[], object]) -> int:
    """Run a command; what goes wrong becomes one line and an exit code."""
    try:
        command()
        sys.stdout.flush()
    except ExpressionError as error:
        return _complain(str(error), *error.excerpt.split("\n"))
    except RnnstepError as error:
        return _complain(str(error))
    except BrokenPipeError:
        # the reader has gone: nothing is left to be said, not even by the interpreter's exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt as stop:
        return _say(f"rnnstep: interrupted{f' at {stop}' if stop.args else ''}", code=INTERRUPTED)
    return 0


def _complain(*lines: str) -> int:
    return _say(f"rnnstep: error: {lines[0]}", *lines[1:], code=BAD_INPUT)


def _say(*lines: str, code: int) -> int:
    from rnnstep.notes import printable

    print("\n".join(map(printable, lines)), file=sys.stderr)
    return code

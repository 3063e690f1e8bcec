"""What a script has to say, printed while it is done."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rnnstep.commands.action import Outcome
from rnnstep.commands.script import Command
from rnnstep.commands.telling import as_block, as_line


def tell_all(done: Iterable[tuple[Command, Outcome]], as_json: bool) -> int:
    """Print what each command has to say, and return how many assertions failed."""
    failed = 0
    try:
        for command, outcome in done:
            failed += outcome.failed
            print(as_line(command, outcome) if as_json else as_block(command, outcome))
    finally:
        sys.stdout.flush()
    if failed:
        print(f"rnnstep: {failed} assertion{'s'[: failed > 1]} failed", file=sys.stderr)
    return failed

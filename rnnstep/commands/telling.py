"""What a script prints: a block a command for people, a line a command for programs."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from rnnstep.commands.action import Outcome, Parts
from rnnstep.commands.script import Command, parse_script, read_script, run_script
from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.paths import typed_path
from rnnstep.progress import Progress
from rnnstep.render.numbers import plain_json
from rnnstep.session import Session


def as_block(command: Command, outcome: Outcome) -> str:
    """The command as it is written, and below it what it has to say."""
    told = f"failed: {outcome.text}" if outcome.failed else outcome.text
    return "\n".join(map(printable, [f"> {command.text}", *told.split("\n")]))


def as_line(command: Command, outcome: Outcome) -> str:
    """An object of JSON: the command, its action's whole name, whether it failed, its data."""
    return json.dumps(_as_data(command, outcome), allow_nan=False)


def _as_data(command: Command, outcome: Outcome) -> dict[str, Any]:
    return {
        "command": command.text,
        "action": command.action.name,
        "failed": outcome.failed,
        "data": plain_json(outcome.data),
    }


def run_file(session: Session, said: str) -> Parts:
    """Do the commands of a file.

    Raises:
        ExpressionError: a command is none, or cannot be done, with file, line and column.
        InputError: the file cannot be read, or would run files itself.
    """
    if said == "-":
        raise InputError("run takes a file of commands")
    commands = parse_script(read_script(typed_path(said)), said)
    for command in commands:
        if command.action.name == "run":
            raise InputError(f"{command.place}: a file that is run runs no other")
    done: list[tuple[Command, Outcome]] = []
    with closing(run_script(session, commands)) as parts:
        for command, part in parts:
            if isinstance(part, Progress):
                yield part
            else:
                done.append((command, part))
    text = "\n".join(as_block(command, outcome) for command, outcome in done)
    data = [_as_data(command, outcome) for command, outcome in done]
    failed = any(outcome.failed for _, outcome in done)
    yield Outcome(text or f"{said}: no commands", {"file": said, "commands": data}, failed)

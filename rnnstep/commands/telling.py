"""What a script prints: a block a command for people, a line a command for programs."""

from __future__ import annotations

import json

from rnnstep.commands.action import Outcome
from rnnstep.commands.script import Command
from rnnstep.export import plain_json
from rnnstep.notes import printable


def as_block(command: Command, outcome: Outcome) -> str:
    """The command as it is written, and below it what it has to say."""
    told = f"failed: {outcome.text}" if outcome.failed else outcome.text
    return "\n".join(map(printable, [f"> {command.text}", *told.split("\n")]))


def as_line(command: Command, outcome: Outcome) -> str:
    """An object of JSON: the command, its action's whole name, whether it failed, its data."""
    told = {
        "command": command.text,
        "action": command.action.name,
        "failed": outcome.failed,
        "data": plain_json(outcome.data),
    }
    return json.dumps(told, allow_nan=False)

"""The command that does others without a screen: a script, told as text or as JSON."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from rnnstep.cli.app import FAILED, app
from rnnstep.cli.options import File, Options
from rnnstep.errors import InputError

_DEFAULTS = Options()


@app.command(name="run")
def run_(
    seq: File,
    /,
    *,
    command: Annotated[
        list[str] | None,
        Parameter(name=["--command", "-c"], negative="", allow_leading_hyphen=True),
    ] = None,
    commands: Annotated[File | None, Parameter(allow_leading_hyphen=True)] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    kept: Annotated[File | None, Parameter(name="--session")] = None,
    options: Options = _DEFAULTS,
) -> None:
    """Do commands without a screen, the same as its : line takes: a check for CI.

    Exit code 1 if an assertion fails.

    Args:
        seq: the input sequence, an npy file.
        command: commands, ; between them; again for more. -c help lists them.
        commands: a file of commands, one a line, # for comments; - reads what is piped in.
        as_json: print a JSON object a command.
        kept: begin as this session file was left; the command session FILE saves one.
        options: about the model.
    """
    from rnnstep.cli.scripting import tell_all
    from rnnstep.cli.showing import tolerate
    from rnnstep.commands.script import parse_script, read_script, run_script, script_name
    from rnnstep.notes import printable
    from rnnstep.opening import open_session

    if command is None and commands is None:
        raise InputError("say what to do: -c 'COMMAND; COMMAND', or --commands FILE")
    script = []
    if commands is not None:
        script += parse_script(read_script(commands), script_name(commands))
    script += parse_script("\n".join(command or []), "-c")
    tolerate()
    session = open_session(seq, **vars(options))
    if kept is not None:
        for note in session.restore(kept):
            print(printable(f"rnnstep: {note}"), file=sys.stderr)
    failed = tell_all(run_script(session, script), as_json)
    if failed:
        sys.exit(FAILED)

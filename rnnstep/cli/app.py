"""The app that every command belongs to; the commands stand in modules of their own."""

from __future__ import annotations

from importlib import import_module

from cyclopts import App, CycloptsError

from rnnstep import __version__
from rnnstep.cli import VERSION
from rnnstep.cli.mistakes import in_one_line
from rnnstep.errors import InputError

FAILED = 1
"""The exit code of a comparison or an assertion that does not hold."""

COMMANDS = ("viewing", "running", "comparing", "testing")
"""The modules that have the commands."""

app = App(
    name="rnnstep",
    help=(
        "A time-travel debugger for recurrent neural networks.\n\n"
        "rnnstep SEQ opens an npy sequence, (timesteps, features), and the weights beside it; "
        "step through time with the arrow keys, ? shows all keys."
    ),
    version=__version__,
    version_flags=[VERSION],
    help_epilogue="Try: rnnstep demo",
    # a parser of Markdown would take a fifth of the time until it is there
    help_format="plaintext",
    # said in one line where all that goes wrong is
    suppress_keyboard_interrupt=False,
)
app["--help"].group = "Other"
app[VERSION].group = "Other"


def run(tokens: list[str]) -> None:
    """Run the command that was typed.

    Raises:
        RnnstepError: in one line, what is wrong and what to do.
    """
    for name in COMMANDS:
        import_module(f"rnnstep.cli.{name}")
    try:
        app(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise InputError(in_one_line(error)) from None

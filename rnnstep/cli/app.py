"""The commands: ``rnnstep SEQ`` opens the debugger; print, trace and demo need no screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from rnnstep import __version__
from rnnstep.cli import VERSION
from rnnstep.cli.checking import Checking
from rnnstep.cli.options import File, Keeping, Options, Reading
from rnnstep.errors import InputError
from rnnstep.notes import printable

if TYPE_CHECKING:
    from pathlib import Path

    from rnnstep.model import Model

DIFFERS = 1
"""The exit code of a comparison that does not pass."""

_DEFAULTS = Options()
_READING = Reading()
_KEEPING = Keeping()
_CHECKING = Checking()

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
)
app["--help"].group = "Other"
app[VERSION].group = "Other"


@app.default
def debug(seq: File, /, *, options: Options = _DEFAULTS, keeping: Keeping = _KEEPING) -> None:
    """Open the debugger; plain text when the output is not a terminal.

    Args:
        seq: the input sequence, an npy file.
        options: about the model.
        keeping: about the session file.
    """
    from rnnstep.cli.showing import show

    show(seq, vars(options), options.flags, keeping.file)


@app.command(name="print")
def print_(
    seq: File,
    /,
    *,
    steps: Annotated[str, Parameter(show_default=False)] = "",
    options: Options = _DEFAULTS,
) -> None:
    """Print every value of some timesteps as text.

    Args:
        seq: the input sequence, an npy file.
        steps: START:STOP, such as 0:5 (default: the first 10).
        options: about the model.
    """
    from rnnstep.cli.showing import print_steps
    from rnnstep.opening import open_session

    session = open_session(seq, **vars(options))
    print_steps(session, steps, ["rnnstep", "print", str(seq), *options.flags])


@app.command
def trace(
    seq: File,
    /,
    *,
    output: Annotated[File, Parameter(name=["--output", "-o"])],
    all_samples: Annotated[bool, Parameter(negative="")] = False,
    options: Options = _DEFAULTS,
) -> None:
    """Write every value of every timestep to a file.

    Args:
        seq: the input sequence, an npy file.
        output: an npz, json, csv or safetensors file.
        all_samples: write all sequences of a batch, (samples, timesteps, …).
        options: about the model.
    """
    from rich.console import Console
    from rich.progress import Progress

    from rnnstep.export import export
    from rnnstep.opening import open_batch, open_session

    said = vars(options)
    run = open_batch(seq, **said) if all_samples else open_session(seq, **said).trace
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("timesteps", total=run.timesteps)
        export(run, output, lambda t: progress.update(task, completed=t + 1))
    samples = f"{len(run.xs)} samples, " if all_samples else ""
    values = len(run.model.value_names)
    written = f"{output}: {samples}{run.timesteps} timesteps of {values} values"
    print(printable(written))


@app.command
def inspect(
    file: File,
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    reading: Reading = _READING,
) -> None:
    """Say what is in a weight file: layers, shapes, conventions, what is unused or unusual.

    Args:
        file: the weight file.
        as_json: print a JSON object.
        reading: about the file.
    """
    from rnnstep.cli.showing import tolerate
    from rnnstep.inspection import inspect_weights
    from rnnstep.render import inspection
    from rnnstep.weights import make_request, open_weights

    found = inspect_weights(open_weights(file, make_request(**vars(reading))))
    tolerate()
    print(inspection.as_json(found) if as_json else "\n".join(inspection.as_text(found)))


@app.command
def check(
    seq: File,
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    junit: Annotated[File | None, Parameter(show_default=False)] = None,
    open_: Annotated[bool, Parameter(name="--open", negative="")] = False,
    solve: Annotated[bool, Parameter(negative="")] = False,
    write: Annotated[File | None, Parameter(show_default=False)] = None,
    checking: Checking = _CHECKING,
    options: Options = _DEFAULTS,
) -> None:
    """Compare a run with reference values or another model; exit 1 if they differ.

    Args:
        seq: the input sequence, an npy file.
        as_json: print a JSON object.
        junit: write JUnit XML to this file, too.
        open_: open the debugger at the first divergence.
        solve: search for what the other side does otherwise, up to three things together.
        write: with --solve, write the weights with which all is as expected to this npz file.
        checking: about the comparison.
        options: about the model.
    """
    from rnnstep.cli.showing import on_terminal, tolerate
    from rnnstep.explaining import explain
    from rnnstep.export import write_text
    from rnnstep.opening import open_session
    from rnnstep.render import check as told

    session = open_session(seq, **vars(options))
    found = checking.compare(session, seq, options.sample)
    if open_ and on_terminal():
        from rnnstep.tui import run

        session.expect(found.reference, found.tolerance)
        session.goto_divergence(-1)
        sys.exit(run(session))
    if junit is not None:
        write_text(junit, told.as_junit(found))
    tolerate()
    with _searching() as progress:
        explained = explain(
            found, 3 if solve else 1, write, progress, partial(_reread, seq, options)
        )
    if as_json:
        print(json.dumps(told.as_data(found) | explained.data, indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(printable, [*told.as_text(found), *explained.lines])))
    if not found.passed:
        sys.exit(DIFFERS)


@app.command
def demo(
    name: str = "addition", /, *, options: Options = _DEFAULTS, keeping: Keeping = _KEEPING
) -> None:
    """Open a sample.

    Args:
        name: addition, brackets, mlp, question, text, compute_states or uwv.
        options: about the model.
        keeping: about the session file.
    """
    from rnnstep.cli.showing import show
    from rnnstep.samples_folder import sample

    show(sample(name), vars(options), options.flags, keeping.file)


def _reread(seq: Path, options: Options, order: str) -> Model:
    """The model of the same files, with the gates in another order."""
    from rnnstep.opening import open_session

    return open_session(seq, **{**vars(options), "gate_order": order}).trace.model


@contextmanager
def _searching() -> Iterator[Callable[[Any], None]]:
    """Shows how far a search is, on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("what explains it", total=None)
        told = "what explains it: {} ways tried, {} together"
        yield lambda tried: progress.update(
            task, description=told.format(tried.variants, tried.depth)
        )


def run(tokens: list[str]) -> None:
    """Run the command that was typed.

    Raises:
        RnnstepError: in one line, what is wrong and what to do.
    """
    try:
        app(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise InputError(" ".join(str(error).split())) from None

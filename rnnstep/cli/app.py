"""The commands: ``rnnstep SEQ`` opens the debugger; print, trace, run and demo need no screen."""

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
from rnnstep.cli.shadowing import Shadowing
from rnnstep.errors import InputError
from rnnstep.notes import printable

if TYPE_CHECKING:
    from pathlib import Path

    from rnnstep.model import Model

FAILED = 1
"""The exit code of a comparison or an assertion that does not hold."""

_DEFAULTS = Options()
_READING = Reading()
_KEEPING = Keeping()
_CHECKING = Checking()
_SHADOWING = Shadowing()

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
    options: Options = _DEFAULTS,
) -> None:
    """Do commands without a screen, the same as its : line takes: a check for CI.

    Exit code 1 if an assertion fails.

    Args:
        seq: the input sequence, an npy file.
        command: commands, ; between them; again for more. -c help lists them.
        commands: a file of commands, one a line, # for comments; - reads what is piped in.
        as_json: print a JSON object a command.
        options: about the model.
    """
    from rnnstep.cli.scripting import tell_all
    from rnnstep.cli.showing import tolerate
    from rnnstep.commands.script import parse_script, read_script, run_script, script_name
    from rnnstep.opening import open_session

    if command is None and commands is None:
        raise InputError("say what to do: -c 'COMMAND; COMMAND', or --commands FILE")
    script = []
    if commands is not None:
        script += parse_script(read_script(commands), script_name(commands))
    script += parse_script("\n".join(command or []), "-c")
    tolerate()
    session = open_session(seq, **vars(options))
    failed = tell_all(run_script(session, script), as_json)
    if failed:
        sys.exit(FAILED)


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
    got: Annotated[File | None, Parameter(show_default=False)] = None,
    solve: Annotated[bool, Parameter(negative="")] = False,
    write: Annotated[File | None, Parameter(show_default=False)] = None,
    checking: Checking = _CHECKING,
    options: Options = _DEFAULTS,
) -> None:
    """Compare a run with reference values or another model; exit 1 if they differ.

    Args:
        seq: the input sequence, an npy file; or a folder of test vectors, with --got.
        as_json: print a JSON object.
        junit: write JUnit XML to this file, too.
        open_: open the debugger at the first divergence.
        got: what another runtime gave for the vectors: text, csv or npz.
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

    if got is not None or seq.is_dir():
        from rnnstep.cli.probing import judge_results

        if solve or open_ or write or (checking, options) != (_CHECKING, _DEFAULTS):
            raise InputError("check DIR takes --got, --json and --junit alone")
        if not judge_results(seq, got, as_json, junit):
            sys.exit(FAILED)
        return
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
        sys.exit(FAILED)


@app.command
def shadow(
    seq: File,
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    open_: Annotated[bool, Parameter(name="--open", negative="")] = False,
    write: Annotated[File | None, Parameter(show_default=False)] = None,
    shadowing: Shadowing = _SHADOWING,
    options: Options = _DEFAULTS,
) -> None:
    """Run the same network in another arithmetic beside the exact one, and say what that costs.

    Args:
        seq: the input sequence, an npy file.
        as_json: print a JSON object.
        open_: open the debugger on the exact run, the shadow's error over it.
        write: write the rounded weights to this npz file.
        shadowing: about the shadow.
        options: about the model.
    """
    from rnnstep.cli.showing import on_terminal, tolerate
    from rnnstep.opening import open_session
    from rnnstep.render import shadow as told
    from rnnstep.saving import save_model

    session = open_session(seq, **vars(options))
    study = shadowing.study(session, options)
    if write is not None:
        save_model(study.rounded, write)
    if open_ and on_terminal():
        from rnnstep.tui import run

        session.expect(study.comparison.reference, study.comparison.tolerance)
        sys.exit(run(session))
    tolerate()
    if as_json:
        print(json.dumps(told.as_data(study), indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(printable, told.as_text(study))))
    if shadowing.atol is not None and not study.comparison.passed:
        sys.exit(FAILED)


@app.command
def vectors(
    weights: File,
    /,
    *,
    output: Annotated[File, Parameter(name=["--output", "-o"])],
    all_values: Annotated[bool, Parameter(negative="")] = False,
    one_hot: Annotated[bool, Parameter(negative="")] = False,
    seed: Annotated[int, Parameter(show_default=True)] = 0,
    force: Annotated[bool, Parameter(negative="")] = False,
    reading: Reading = _READING,
) -> None:
    """Write test vectors for another runtime: inputs, expected values, a C harness.

    Args:
        weights: the weight file.
        output: a new folder.
        all_values: expect every value, not only the output and the last states.
        one_hot: for one-hot weights in place of the file's own, written to one_hot.npz.
        seed: of the random numbers.
        force: write a folder of vectors anew; its harness.c stays.
        reading: about the file.
    """
    from rnnstep.cli.probing import write_probe

    write_probe(
        weights, output, reading, all_values=all_values, select=one_hot, seed=seed, force=force
    )


@app.command
def selftest(
    seq: File,
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    options: Options = _DEFAULTS,
) -> None:
    """Do a run in other ways that have to give the same; exit 1 if one does not.

    Args:
        seq: the input sequence, an npy file.
        as_json: print a JSON object.
        options: about the model.
    """
    from rnnstep.cli.probing import done_otherwise

    if not done_otherwise(seq, options, as_json):
        sys.exit(FAILED)


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

"""The command: ``rnnstep SEQ`` opens the debugger; print, trace and demo need no screen."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from rnnstep import __version__
from rnnstep.checking import Checking
from rnnstep.errors import ExpressionError, InputError, RnnstepError
from rnnstep.notes import printable
from rnnstep.options import File, Options, Reading
from rnnstep.shadowing import Shadowing

if TYPE_CHECKING:
    from rnnstep.session import Session

DIFFERS, BAD_INPUT, INTERRUPTED = 1, 2, 130
PRINTED = 10
"""Timesteps that are printed unless others are asked for."""

_DEFAULTS = Options()
_READING = Reading()
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
    help_epilogue="Try: rnnstep demo",
)
app["--help"].group = "Other"
app["--version"].group = "Other"


@app.default
def debug(seq: File, /, *, options: Options = _DEFAULTS) -> None:
    """Open the debugger; plain text when the output is not a terminal.

    Args:
        seq: the input sequence, an npy file.
        options: about the model.
    """
    _show(seq, options)


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
    session = options.open(seq)
    _print(session, _range(steps, len(session.trace)), options.command(seq))


@app.command
def trace(
    seq: File,
    /,
    *,
    output: Annotated[File, Parameter(name=["--output", "-o"])],
    options: Options = _DEFAULTS,
) -> None:
    """Write every value of every timestep to a file.

    Args:
        seq: the input sequence, an npy file.
        output: an npz, json, csv or safetensors file.
        options: about the model.
    """
    from rich.console import Console
    from rich.progress import Progress

    from rnnstep.export import export

    session = options.open(seq)
    run = session.trace
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("timesteps", total=len(run))
        export(run, output, lambda t: progress.update(task, completed=t + 1))
    written = f"{output}: {len(run)} timesteps of {len(run.model.value_names)} values"
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
    from rnnstep.inspection import inspect_weights
    from rnnstep.render import inspection
    from rnnstep.weights import make_request, open_weights

    found = inspect_weights(open_weights(file, make_request(**vars(reading))))
    _tolerate()
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
    from rnnstep.explaining import explain
    from rnnstep.export import write_text
    from rnnstep.render import check as told

    session = options.open(seq)
    found = checking.compare(session, seq, options.sample)
    if open_ and sys.stdout.isatty() and sys.stdin.isatty():
        from rnnstep.tui import run

        session.expect(found.reference, found.tolerance)
        session.goto_divergence(-1)
        sys.exit(run(session))
    if junit is not None:
        write_text(junit, told.as_junit(found))
    _tolerate()
    explained = explain(found, 3 if solve else 1, write)
    if as_json:
        print(json.dumps(told.as_data(found) | explained.data, indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(printable, [*told.as_text(found), *explained.lines])))
    if not found.passed:
        sys.exit(DIFFERS)


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
    from rnnstep.render import shadow as told
    from rnnstep.saving import save_model

    session = options.open(seq)
    study = shadowing.study(session, options)
    if write is not None:
        save_model(study.rounded, write)
    if open_ and sys.stdout.isatty() and sys.stdin.isatty():
        from rnnstep.tui import run

        session.expect(study.comparison.reference, study.comparison.tolerance)
        sys.exit(run(session))
    _tolerate()
    if as_json:
        print(json.dumps(told.as_data(study), indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(printable, told.as_text(study))))
    if shadowing.atol is not None and not study.comparison.passed:
        sys.exit(DIFFERS)


@app.command
def demo(name: str = "addition", /, *, options: Options = _DEFAULTS) -> None:
    """Open a sample.

    Args:
        name: addition, brackets, mlp, question, text, compute_states or uwv.
        options: about the model.
    """
    from rnnstep.samples_folder import sample

    _show(sample(name), options)


def _show(seq: Path, options: Options) -> None:
    session = options.open(seq)
    if sys.stdout.isatty() and sys.stdin.isatty():
        from rnnstep.tui import run

        failed = run(session)
        if failed:
            sys.exit(failed)
    else:
        _print(session, _range("", len(session.trace)), options.command(seq))


def _print(session: Session, steps: range, command: str) -> None:
    from rich.console import Console
    from rich.segment import Segment, Segments

    from rnnstep.render.pen import Pen
    from rnnstep.render.report import report

    _tolerate()
    console = Console(highlight=False, soft_wrap=True)
    width = console.width if console.is_terminal else 100
    for row in report(session, steps, Pen(), width):
        shown = [Segment(printable(segment.text), segment.style) for segment in row]
        console.print(Segments([*shown, Segment.line()]), end="")
    rest = len(session.trace) - steps.stop
    if rest > 0:
        following = f"{command} --steps {steps.stop}:{steps.stop + min(rest, PRINTED)}"
        print()
        print(printable(f"… {rest} more timestep{'s'[: rest > 1]}: {following}"))


def _tolerate() -> None:
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


def main(tokens: Iterable[str] | None = None) -> None:
    """Run the command and exit: 0, or 2 for bad input."""
    sys.exit(_guarded(lambda: app(_spoken(tokens), **_QUIET)))


_QUIET: dict[str, Any] = {"exit_on_error": False, "print_error": False}


def _spoken(tokens: Iterable[str] | None) -> list[str]:
    given = list(sys.argv[1:] if tokens is None else tokens)
    return given or ["--help"]


def _guarded(command: Callable[[], object]) -> int:
    """Run a command; what goes wrong becomes one line and an exit code."""
    try:
        command()
        sys.stdout.flush()
    except ExpressionError as error:
        return _complain(str(error), *error.excerpt.split("\n"))
    except RnnstepError as error:
        return _complain(str(error))
    except CycloptsError as error:
        return _complain(" ".join(str(error).split()))
    except BrokenPipeError:
        # the reader has gone: nothing is left to be said, not even by the interpreter's exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _complain(*lines: str) -> int:
    print("rnnstep: error:", "\n".join(map(printable, lines)), file=sys.stderr)
    return BAD_INPUT

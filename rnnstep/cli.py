"""The command: ``rnnstep SEQ`` opens the debugger; print, trace and demo need no screen."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from rnnstep import __version__
from rnnstep.checking import Checking
from rnnstep.errors import ExpressionError, InputError, RnnstepError
from rnnstep.notes import printable
from rnnstep.options import File, Options, Reading

if TYPE_CHECKING:
    from rnnstep.session import Session

DIFFERS, BAD_INPUT, INTERRUPTED = 1, 2, 130
PRINTED = 10
"""Timesteps that are printed unless others are asked for."""

_DEFAULTS = Options()
_READING = Reading()
_CHECKING = Checking()

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

    run = options.open_batch(seq) if all_samples else options.open(seq).trace
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
    from rnnstep.explaining import explain
    from rnnstep.export import write_text
    from rnnstep.render import check as told

    if got is not None or seq.is_dir():
        _judge(seq, got, as_json, junit)
        return
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
    with _searching() as progress:
        explained = explain(found, 3 if solve else 1, write, progress)
    if as_json:
        print(json.dumps(told.as_data(found) | explained.data, indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(printable, [*told.as_text(found), *explained.lines])))
    if not found.passed:
        sys.exit(DIFFERS)


def _judge(folder: Path, got: Path | None, as_json: bool, junit: Path | None) -> None:
    """Compare what another runtime gave for test vectors with what it should have given."""
    from rnnstep.export import write_text
    from rnnstep.render import vectors as told
    from rnnstep.vectors import judge, read_results, read_vectors

    if got is None:
        raise InputError(
            f"{folder}: is a folder; of test vectors say --got RESULTS, else name a file"
        )
    asked = read_vectors(folder)
    found = judge(asked, read_results(got, asked), got.name)
    if junit is not None:
        write_text(junit, told.as_junit(found))
    _tolerate()
    print(told.as_json(found) if as_json else "\n".join(map(printable, told.as_text(found))))
    if not found.passed:
        sys.exit(DIFFERS)


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
    from rnnstep.vectorfiles import write_vectors
    from rnnstep.vectors import make_vectors
    from rnnstep.vectors import one_hot as selecting
    from rnnstep.weights import make_request
    from rnnstep.weights.build import load
    from rnnstep.weights.files import read_tensors

    if seed < 0:
        raise InputError(f"--seed {seed}: give a whole number from 0 up")
    file = read_tensors(weights)
    file = selecting(file) if one_hot else file
    model = load(file, make_request(**vars(reading))).model
    made = make_vectors(model, seed=seed, all_values=all_values)
    written = write_vectors(made, output, force, file if one_hot else None)
    _tolerate()
    for note in made.notes:
        print(printable(f"! {note}"))
    print(printable(f"{output}: {len(made.vectors)} cases for {made.model}, {len(written)} files"))


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
    from rnnstep.render import selftest as told
    from rnnstep.selftest import selftest as checks

    run = options.open(seq).trace
    outcomes = list(checks(run))
    _tolerate()
    lines = (
        [told.as_json(outcomes)] if as_json else map(printable, told.as_text(outcomes, len(run)))
    )
    print("\n".join(lines))
    if not all(outcome.passed for outcome in outcomes):
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

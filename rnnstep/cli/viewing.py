"""The commands that show a run: on the screen, as text, to a file; and what a weight file holds."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from rnnstep.cli.app import app
from rnnstep.cli.options import File, Keeping, Options, Reading
from rnnstep.notes import printable

_DEFAULTS = Options()
_KEEPING = Keeping()
_READING = Reading()


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

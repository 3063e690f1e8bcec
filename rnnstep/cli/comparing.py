"""The commands that compare a run: with references, other models, other arithmetic."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from rnnstep.cli.app import FAILED, app
from rnnstep.cli.checking import Checking
from rnnstep.cli.options import File, Options
from rnnstep.cli.shadowing import Shadowing
from rnnstep.errors import InputError
from rnnstep.notes import printable

if TYPE_CHECKING:
    from pathlib import Path

    from rnnstep.model import Model

_DEFAULTS = Options()
_CHECKING = Checking()
_SHADOWING = Shadowing()


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
    from rnnstep.opening import batch_of, open_session
    from rnnstep.render import check as told

    if got is not None or seq.is_dir():
        from rnnstep.cli.probing import judge_results

        others = (checking, options) != (checking.tolerance_alone, _DEFAULTS)
        if solve or open_ or write or others:
            taken = "--got, --atol, --rtol, --ulp, --json and --junit"
            raise InputError(f"check DIR takes {taken} alone")
        if not judge_results(seq, got, checking, as_json, junit):
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
        read = partial(_reread, seq, options)
        batch = batch_of(session)
        explained = explain(found, 3 if solve else 1, write, progress, read, batch)
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


def _reread(seq: Path, options: Options, order: str) -> Model:
    """The model of the same files, with the gates in another order."""
    from rnnstep.opening import open_session

    return open_session(seq, **{**vars(options), "gate_order": order}).trace.model


@contextmanager
def _searching() -> Iterator[Callable[[Any], None]]:
    """Shows how far a search is, on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from rnnstep.render.diagnosis import so_far

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("what explains it", total=None)
        yield lambda tried: progress.update(
            task, description=so_far(tried), completed=tried.ways, total=tried.of
        )

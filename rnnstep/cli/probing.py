"""The commands that put a runtime, or rnnstep itself, to the test."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from rnnstep.cli.checking import Checking
from rnnstep.cli.options import Options, Reading
from rnnstep.cli.showing import tolerate
from rnnstep.errors import InputError
from rnnstep.notes import printable


def write_probe(
    weights: Path,
    output: Path,
    reading: Reading,
    *,
    all_values: bool,
    select: bool,
    seed: int,
    force: bool,
) -> None:
    """Write the test vectors of a weight file, ``select``: of one-hot weights in its place.

    Raises:
        InputError: in one line, what is wrong and what to do.
    """
    from rnnstep.vectorfiles import write_vectors
    from rnnstep.vectors import make_vectors, one_hot
    from rnnstep.weights import make_request
    from rnnstep.weights.build import load
    from rnnstep.weights.files import read_tensors

    if seed < 0:
        raise InputError(f"--seed {seed}: give a whole number from 0 up")
    file = read_tensors(weights)
    file = one_hot(file) if select else file
    model = load(file, make_request(**vars(reading))).model
    made = make_vectors(model, seed=seed, all_values=all_values)
    written = write_vectors(made, output, force, file if select else None)
    cases = f"{output}: {len(made.vectors)} cases for {made.model}, {len(written)} files"
    _say([*(f"! {note}" for note in made.notes), cases])


def judge_results(
    folder: Path, got: Path | None, checking: Checking, as_json: bool, junit: Path | None
) -> bool:
    """Compare what another runtime gave for test vectors with what it should have given.

    Raises:
        InputError: in one line, what is wrong and what to do.
    """
    from rnnstep.export import write_text
    from rnnstep.render import vectors as told
    from rnnstep.vectors import judge, read_results, read_vectors

    if got is None:
        hint = "of test vectors say --got RESULTS, else name a file"
        raise InputError(f"{folder}: is a folder; {hint}")
    asked = read_vectors(folder)
    own = checking.tolerance(asked.dtype) if checking != Checking() else None
    found = judge(asked, read_results(got, asked), got.name, own)
    if junit is not None:
        write_text(junit, told.as_junit(found))
    _say(told.as_json(found).splitlines() if as_json else told.as_text(found))
    return found.passed


def done_otherwise(seq: Path, options: Options, as_json: bool) -> bool:
    """Do a run in other ways that have to give the same, and say whether they do.

    Raises:
        InputError: in one line, what is wrong and what to do.
    """
    from rnnstep.opening import open_session
    from rnnstep.render import selftest as told
    from rnnstep.selftest import selftest

    run = open_session(seq, **vars(options)).trace
    outcomes = list(selftest(run))
    _say(told.as_json(outcomes).splitlines() if as_json else told.as_text(outcomes, len(run)))
    return all(outcome.passed for outcome in outcomes)


def _say(lines: Iterable[str]) -> None:
    tolerate()
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))

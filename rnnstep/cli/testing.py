"""The commands that put a model to the test: vectors for another runtime, a run done otherwise."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from rnnstep.cli.app import FAILED, app
from rnnstep.cli.options import File, Options, Reading

_DEFAULTS = Options()
_READING = Reading()


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

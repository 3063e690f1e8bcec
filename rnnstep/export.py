"""Every value of every step to a file: npz, json, csv or safetensors, whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.engine import Step
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.trace import INITIAL, Trace

Progress = Callable[[int], None]

INITIAL_PREFIX = "initial/"
"""Before the names of the states before the first timestep: ``initial/h_t``."""


def export(trace: Trace, path: Path, progress: Progress = lambda _: None) -> None:
    """Write a run to a file, under the names that scripts use.

    npz and safetensors hold one array a value, (timesteps, …), and the initial states as
    ``initial/h_t``. json holds the same as lists; what is no finite number is the text
    ``NaN``, ``Infinity`` or ``-Infinity``. csv has a line a timestep, the initial states at
    t = -1, and a column an entry: ``h_t[0]``.

    Args:
        trace: the run.
        path: the file; its ending says the format. It is replaced only when all is written.
        progress: called with each timestep that is done.

    Raises:
        InputError: an unknown ending, or a path that cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(f"{path}: unknown kind of output; known: {', '.join(WRITERS)}")
    try:
        with _replacing(path) as temporary:
            writer(trace, temporary, progress)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` that takes its place, unless something goes wrong."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _collect(trace: Trace, progress: Progress) -> dict[str, Array]:
    """Every value over time, and the initial states."""
    model, arrays = trace.model, {}
    for name, (layer, value) in model.value_names.items():
        owner = model.layers[layer]
        arrays[name] = np.empty((len(trace), *owner.shape(value)), owner.dtype)
    for step in trace.frames():
        for name, (layer, value) in model.value_names.items():
            arrays[name][step.t] = step.layers[layer][value]
        progress(step.t)
    initial = trace.initial
    return arrays | {INITIAL_PREFIX + name: np.asarray(initial[name]) for name in initial}


def _write_npz(trace: Trace, path: Path, progress: Progress) -> None:
    arrays: Mapping[str, Any] = _collect(trace, progress)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def _write_safetensors(trace: Trace, path: Path, progress: Progress) -> None:
    from safetensors.numpy import save_file

    save_file(_collect(trace, progress), path)


def _write_json(trace: Trace, path: Path, progress: Progress) -> None:
    arrays = _collect(trace, progress)
    with path.open("w", encoding="utf-8") as file:
        file.write("{")
        for number, (name, array) in enumerate(arrays.items()):
            file.write(",\n" if number else "\n")
            values = json.dumps(_plain(array.tolist()), allow_nan=False)
            file.write(f"{json.dumps(name)}: {values}")
        file.write("\n}\n")


def _plain(values: Any) -> Any:
    if isinstance(values, list):
        return [_plain(value) for value in values]
    if isinstance(values, float) and not math.isfinite(values):
        return "NaN" if math.isnan(values) else "Infinity" if values > 0 else "-Infinity"
    return values


def _write_csv(trace: Trace, path: Path, progress: Progress) -> None:
    model = trace.model
    columns = ["t"]
    for name, (layer, value) in model.value_names.items():
        shape = model.layers[layer].shape(value)
        columns += [f"{name}{list(place) if place else ''}" for place in np.ndindex(shape)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        if trace.model.state_names:
            writer.writerow(_record(trace.initial))
        for step in trace.frames():
            writer.writerow(_record(step))
            progress(step.t)


def _record(step: Step) -> dict[str, str]:
    record = {"t": str(INITIAL if step.t == INITIAL else step.t)}
    for name in step:
        array = step[name]
        for place, value in np.ndenumerate(array):
            record[f"{name}{list(place) if place else ''}"] = repr(value.item())
    return record


WRITERS: Mapping[str, Callable[[Trace, Path, Progress], None]] = {
    ".npz": _write_npz,
    ".json": _write_json,
    ".csv": _write_csv,
    ".safetensors": _write_safetensors,
}
"""The writers by file ending."""

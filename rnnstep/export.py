"""Every value of every step to a file: npz, json, csv or safetensors, whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import struct
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from rnnstep.batch import Batch
from rnnstep.engine import Step
from rnnstep.errors import InputError
from rnnstep.render.numbers import plain_json
from rnnstep.replacing import replacing
from rnnstep.spool import spooled
from rnnstep.trace import INITIAL, Trace


def export(
    trace: Trace | Batch, path: Path, progress: Callable[[int], None] = lambda _: None
) -> None:
    """All of :func:`exporting` at once.

    Args:
        trace: the run, of one sequence or of many.
        path: the file; its ending says the format.
        progress: called with each timestep that is done.

    Raises:
        InputError: an unknown ending, or a path that cannot be written.
    """
    with closing(exporting(trace, path)) as steps:
        for t in steps:
            progress(t)


def exporting(trace: Trace | Batch, path: Path) -> Generator[int, None, None]:
    """Write a run to a file, under the names that scripts use.

    npz and safetensors hold one array a value, (timesteps, …), and the initial states as
    ``initial/h_t``. json holds the same as lists; what is no finite number is the text
    ``NaN``, ``Infinity`` or ``-Infinity``. csv has a line a timestep, the initial states at
    t = -1, and a column an entry: ``h_t[0]``. Of a batch the arrays are (samples, timesteps, …),
    the initial states (samples, …), and the columns ``h_t[sample, unit]``.

    Args:
        trace: the run, of one sequence or of many.
        path: the file; its ending says the format. It is replaced only when all is written.
            Until then its folder holds a long run twice: the values, and the new file.

    Yields:
        how far it is: the timestep that is done. Who goes on no more leaves no file behind.

    Raises:
        InputError: an unknown ending, or a path that cannot be written.
    """
    writer = writer_of(path)
    try:
        with replacing(path) as temporary:
            yield from writer(trace, temporary)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all.

    Raises:
        InputError: the path cannot be written.
    """
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _write_npz(trace: Trace | Batch, path: Path) -> Iterator[int]:
    with spooled(trace, path.parent) as spool, zipfile.ZipFile(path, "w") as archive:
        yield from spool.fill(trace)
        for name, (dtype, shape, _) in spool.specs.items():
            header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array_header_1_0(member, header)
                for window in spool.windows(name):
                    member.write(window.tobytes())
                    yield trace.timesteps - 1


def _write_safetensors(trace: Trace | Batch, path: Path) -> Iterator[int]:
    with spooled(trace, path.parent) as spool, path.open("wb") as file:
        yield from spool.fill(trace)
        header, end = {}, 0
        # the large dtypes first, so that every array is aligned
        names = sorted(spool.specs, key=lambda name: -_portable(spool.specs[name][0]).itemsize)
        for name in names:
            dtype, shape, _ = spool.specs[name]
            begin, end = end, end + math.prod(shape) * _portable(dtype).itemsize
            kind = f"F{_portable(dtype).itemsize * 8}"
            header[name] = {"dtype": kind, "shape": shape, "data_offsets": (begin, end)}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        file.write(struct.pack("<Q", len(text)) + text)
        for name in names:
            for window in spool.windows(name):
                file.write(window.astype(_portable(window.dtype), copy=False).tobytes())
                yield trace.timesteps - 1


def _write_json(trace: Trace | Batch, path: Path) -> Iterator[int]:
    with (
        spooled(trace, path.parent) as spool,
        path.open("w", encoding="utf-8") as file,
    ):
        yield from spool.fill(trace)
        file.write("{")
        for number, (name, (dtype, shape, _)) in enumerate(spool.specs.items()):
            file.write(f"{',' if number else ''}\n{json.dumps(name)}: ")
            file.write("[" if shape else "")
            for count, window in enumerate(spool.windows(name)):
                values = plain_json(window.astype(_portable(dtype), copy=False).tolist())
                text = json.dumps(values, allow_nan=False)[1:-1]
                file.write(f"{', ' if count else ''}{text}")
                yield trace.timesteps - 1
            file.write("]" if shape else "")
        file.write("\n}\n")


def _portable(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The little-endian dtype in which a value is written: long doubles as float64."""
    return np.dtype(f"<f{min(dtype.itemsize, 8)}")


def _write_csv(trace: Trace | Batch, path: Path) -> Iterator[int]:
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
            yield step.t


def _record(step: Step) -> dict[str, str]:
    record = {"t": str(INITIAL if step.t == INITIAL else step.t)}
    for name in step:
        array = step[name]
        for place, value in np.ndenumerate(array):
            record[f"{name}{list(place) if place else ''}"] = repr(float(value))
    return record


Writer = Callable[[Trace | Batch, Path], Iterator[int]]

WRITERS: Mapping[str, Writer] = {
    ".npz": _write_npz,
    ".json": _write_json,
    ".csv": _write_csv,
    ".safetensors": _write_safetensors,
}
"""The writers by file ending."""


def writer_of(path: Path) -> Writer:
    """The writer for a file.

    Raises:
        InputError: its ending is of none.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(f"{path}: unknown kind of output; known: {', '.join(WRITERS)}")
    return writer

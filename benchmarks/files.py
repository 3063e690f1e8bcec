"""Opening files of 2 GiB beside files of 2 MiB: what is opened is a header, whatever follows it.

The files are sparse: they take no room on the disk. Run from the repository root:
python -m benchmarks.files
"""

from __future__ import annotations

import json
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import Row, both, show
from rnnstep import load_model, load_sequence, open_session

FEATURES = 256
SHORT, LONG = 2 * 2**10, 2 * 2**20
"""Timesteps of 2 MiB and of 2 GiB."""
NARROW, WIDE = (250, 1), (11520, 1)
"""Units and layers of an LSTM of 2 MiB, and of one of 2 GiB."""
MOST = 1.2
_REPEATS = 31
_ROOM = 6 * 2**30


def rows() -> Iterator[Row]:
    """Each way to open a large file, beside the same with a small one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < _ROOM:
            print(f"files of 2 GiB are not measured: {folder} has less than 6 GiB of room")
            return
        short, long = (_sequence(folder / f"{t}.npy", t) for t in (SHORT, LONG))
        narrow, wide = (_lstm(folder / f"{h}.safetensors", h, n) for h, n in (NARROW, WIDE))
        yield _row("a sequence", load_sequence, long, short)
        yield _row("weights", load_model, wide, narrow)
        yield _row("a session, long", lambda path: open_session(path, weights=narrow), long, short)
        yield _row("a session, wide", lambda path: open_session(short, weights=path), wide, narrow)


def _row(what: str, work: Callable[[Path], object], large: Path, small: Path) -> Row:
    # no rests: both are ours, and leave no thread that waits busily
    times = both(partial(work, large), partial(work, small), _REPEATS, rest=0.0)
    return Row(f"open {what}, 2 GiB", times[0], "2 MiB", times[1], "ms", MOST)


def _sequence(path: Path, timesteps: int) -> Path:
    np.lib.format.open_memmap(path, "w+", np.float32, (timesteps, FEATURES)).flush()
    return path


def _lstm(path: Path, hidden: int, layers: int) -> Path:
    """The safetensors file of a torch.nn.LSTM whose numbers are all zero."""
    header, end = {}, 0
    for depth in range(layers):
        inputs = hidden if depth else FEATURES
        for leaf, shape in {
            "weight_ih": (4 * hidden, inputs),
            "weight_hh": (4 * hidden, hidden),
            "bias_ih": (4 * hidden,),
            "bias_hh": (4 * hidden,),
        }.items():
            begin, end = end, end + 4 * int(np.prod(shape))
            entry = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
            header[f"lstm.{leaf}_l{depth}"] = entry
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + end)
    return path


if __name__ == "__main__":
    show(rows())

"""What the tests of bad input share: the one line of a refusal, and files made by hand."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.test_command import ADDITION, SAMPLES, complaint

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
WEIGHTS = str(SAMPLES / "seq.weights.npz")
GOOD = {
    "Wx": np.arange(6).reshape(3, 2) / 8 - 0.25,
    "Wh": np.arange(9).reshape(3, 3) / 16 - 0.25,
    "b": np.array([0.5, -0.25, 0.125]),
}


def refused(capsys: Capture, folder: Path, *tokens: str) -> str:
    """The one line, after the check that the command left the folder as it was."""
    before = contents(folder)
    line = complaint(capsys, *tokens)
    assert "Traceback" not in line
    assert contents(folder) == before
    return line


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def refused_weights(capsys: Capture, path: Path, *options: str) -> str:
    out = str(path.with_name("out.npz"))
    line = refused(
        capsys, path.parent, "trace", ADDITION, "--weights", str(path), "-o", out, *options
    )
    assert line.startswith(f"rnnstep: error: {path}")
    return line


def refused_sequence(capsys: Capture, path: Path) -> str:
    out = str(path.with_name("out.npz"))
    return refused(capsys, path.parent, "trace", str(path), "--weights", WEIGHTS, "-o", out)


def npy_header(descr: str, shape: object) -> bytes:
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, fields)
    return header.getvalue()


def safetensors_bytes(header: object, data: bytes = bytes(60)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class Touch:
    """A pickle that leaves a file behind when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)

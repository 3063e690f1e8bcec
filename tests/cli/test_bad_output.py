"""Outputs that cannot be written, or not to the end: one line, and the old file stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rnnstep.export
from rnnstep import open_session
from tests.cli.bad import (
    Capture,
    Patch,
    contents,
    refused,
)
from tests.cli.test_command import ADDITION, complaint, run

ENDINGS = ["npz", "json", "csv", "safetensors"]


@pytest.mark.parametrize("name", ["out", "out.txt", "out.npz.bak"])
def test_an_output_of_unknown_ending(tmp_path: Path, capsys: Capture, name: str) -> None:
    line = refused(capsys, tmp_path, "trace", ADDITION, "-o", str(tmp_path / name))
    assert "unknown kind of output; known: .npz, .json, .csv, .safetensors" in line


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_output_that_may_not_be_written(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str
) -> None:
    opened = os.open

    # what the system says to a new file in a folder that is not ours; root may write anywhere
    def forbidden(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(tmp_path)):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *args, **options)

    out = tmp_path / f"out.{ending}"
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", forbidden)
        line = complaint(capsys, "trace", ADDITION, "-o", str(out))
    assert line == f"rnnstep: error: {out}: cannot be written: Permission denied\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_interrupted_export_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def interrupt(t: int) -> None:
        if t == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rnnstep.export.export(open_session(ADDITION).trace, out, interrupt)
    assert contents(tmp_path) == {str(out): b"old"}


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_half_written_export_leaves_the_old_file(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str, problem: BaseException
) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def half(_trace: object, temporary: Path) -> Iterator[int]:
        temporary.write_bytes(b"half")
        yield 0
        raise problem

    monkeypatch.setattr(rnnstep.export, "WRITERS", {f".{ending}": half})
    stopped = isinstance(problem, KeyboardInterrupt)
    assert run("trace", ADDITION, "-o", str(out)) == (130 if stopped else 2)
    said = capsys.readouterr()
    told = f"rnnstep: error: {out}: cannot be written: No space left on device\n"
    assert (said.out, said.err) == ("", "rnnstep: interrupted\n" if stopped else told)
    assert contents(tmp_path) == {str(out): b"old"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ctrl_c_while_the_engine_runs_ends_with_130(
    tmp_path: Path, capsys: Capture, monkeypatch: Patch, ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_bytes(b"old")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rnnstep.layer.Layer.run", interrupted)
    assert run("trace", ADDITION, "-o", str(out)) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "rnnstep: interrupted\n")
    assert contents(tmp_path) == {str(out): b"old"}

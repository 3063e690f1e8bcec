"""Ctrl-C without a screen: one line that says what was interrupted, and no half file."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rnnstep.samples_folder import sample

LONG = ["trace out.npz", "trace out.csv", "assert never h_t[0] > 9"]
LONG += ["break h_t[0] > 9; continue", "run f.txt"]


@pytest.mark.parametrize("commands", LONG)
def test_ctrl_c_is_said_in_one_line(tmp_path: Path, commands: str) -> None:
    np.save(tmp_path / "seq.npy", np.ones((20_000_000, 1), np.int8).repeat(2, 1))
    (tmp_path / "out.npz").write_bytes(b"old")
    (tmp_path / "f.txt").write_text("find h_t[0] > 9\n", "utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    weights = str(sample("addition").parent / "seq.weights.npz")
    command = [sys.executable, "-m", "rnnstep", "run", "seq.npy", "--weights", weights]
    process = subprocess.Popen(
        [*command, "-c", f"print t; {commands}"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    # the long command begins when the one before has been printed, and lasts for a while
    *before_it, last = f"print t; {commands}".split("; ")
    assert f"> {before_it[-1]}\n" in process.stdout
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    # between two parts of a command it is the file's that is interrupted
    expected = [f"-c:1: {last}"] + ["f.txt:1: find h_t[0] > 9"] * (last == "run f.txt")
    assert error in [f"rnnstep: interrupted at {place}\n" for place in expected]
    # to a shell both are 130: Python ends by the signal where it came inside of an exec(), as
    # those of the standard library's dataclasses, of what is still being imported
    assert process.returncode in (130, -signal.SIGINT)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "out.npz").read_bytes() == b"old"

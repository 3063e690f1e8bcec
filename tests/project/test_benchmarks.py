"""The benchmarks: what is compared computes the same, and a part of them can be chosen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.layers import CELLS, agree, inputs, model_of
from benchmarks.peers import numpy_loop
from rnnstep import Trace

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("cell", CELLS)
def test_the_loop_written_by_hand_gives_what_rnnstep_gives(cell: str) -> None:
    model, xs = model_of(cell, 12), inputs(9)
    agree(Trace(model, xs).series("h_t"), numpy_loop(model, xs)())


def test_what_does_not_compute_the_same_is_not_compared() -> None:
    xs = inputs(9)
    with pytest.raises(AssertionError):
        agree(Trace(model_of("GRU", 12), xs).series("h_t"), numpy_loop(model_of("LSTM", 12), xs)())


def test_a_part_that_there_is_not_is_told() -> None:
    command = [sys.executable, "-m", "benchmarks.run", "speed"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert (
        "no part 'speed'; known: start, screen, engine, compiled, batches, recorded" in said.stderr
    )

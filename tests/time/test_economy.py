"""How much of a run is kept: as much as is allowed, and what is done instead is said."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import numpy as np
import pytest

from rnnstep import Model, RnnstepError, Trace, open_session
from rnnstep.asides import asides
from rnnstep.economy import MEMORY, MEMORY_BUDGET, budget_of
from tests.cli.test_command import ADDITION, complaint, run
from tests.time.test_directions import both
from tests.time.test_trace import inputs, model

WIDE = 2**16
"""Hidden units, whose state is a quarter of a MiB."""


@pytest.mark.parametrize("layers", [model(), both()])
def test_the_budget_that_is_told_is_the_least_that_keeps_all(layers: Model) -> None:
    enough = Trace(layers, inputs(), budget=1).whole_budget
    assert Trace(layers, inputs(), budget=enough).stride == 4
    assert Trace(layers, inputs(), budget=enough - 1).stride > 4


def test_a_run_that_fits_says_nothing() -> None:
    assert not list(asides(Trace(model(), inputs())))


@pytest.mark.parametrize("layers", [model(), both()])
def test_a_run_that_nobody_has_is_freed_at_once(layers: Model) -> None:
    """With all that it remembers: it must not wait until garbage is looked for."""
    gc.disable()
    try:
        trace = Trace(layers, inputs())
        trace.fork(5, x_t=[1.0, 2.0, 3.0]).frame(7)
        block = ref(trace._run.sweeps[0]._block(0)[0])
        assert block() is not None
        del trace
        assert block() is None
    finally:
        gc.enable()


def test_memory_is_in_mebibytes() -> None:
    assert budget_of(MEMORY) == MEMORY_BUDGET == 256 * 2**20
    with pytest.raises(RnnstepError, match="--memory 0: give the MiB"):
        budget_of(0)


def test_a_run_that_does_not_fit_says_what_it_does_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = tmp_path / "wide.txt"
    cell.write_text(
        "input x_t: input\nstate h_prev: hidden\nweight Wx: hidden, input\n"
        "h_t = tanh(Wx @ x_t + h_prev)\n"
    )
    np.savez(tmp_path / "wide.weights.npz", Wx=np.ones((WIDE, 1), np.float32))
    np.save(tmp_path / "wide.npy", np.ones((20, 1), np.float32))
    path = str(tmp_path / "wide.npy")
    said = ("--cell", str(cell), "--steps", "0:1", "--memory")
    assert run("print", path, *said, "1") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "the state of one timestep in 8 is kept" in text
    assert "--memory 2 keeps one in 4" in text
    assert run("print", path, *said, "2") == 0
    assert "is kept" not in capsys.readouterr().out
    tight = open_session(path, cell=str(cell), memory=1).trace
    roomy = open_session(path, cell=str(cell)).trace
    np.testing.assert_array_equal(tight.series("h_t"), roomy.series("h_t"))


def test_memory_that_there_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--memory -1" in complaint(capsys, "print", ADDITION, "--memory", "-1")

"""rnnstep check on a batch: what a port with batch and time confused wrote to files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep.check import read_reference, tolerance_for
from rnnstep.commands.divergences import explanation
from rnnstep.opening import open_session
from rnnstep.saving import save_model
from tests.cli.test_command import run
from tests.debugger.test_planted import CELLS, D, H, setting

Array = npt.NDArray[Any]


def written(folder: Path, cell: str, count: int, length: int) -> tuple[Array, Array]:
    """Weights and a batch as files; what a port gives that reads the batch time first."""
    port, model, *_ = setting(cell)
    xs = np.random.default_rng(5).normal(size=(count, length, D)).astype(np.float32)
    zero = np.zeros(H, np.float32)
    save_model(model, folder / "w.npz")
    np.save(folder / "x.npy", xs)
    by_time = np.stack([port.run(one, zero, zero) for one in np.swapaxes(xs, 0, 1)])
    right = np.stack([port.run(one, zero, zero) for one in xs])
    return np.swapaxes(by_time, 0, 1), right


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("count", "length"), [(4, 11), (11, 4), (7, 7)])
def test_a_batch_read_time_first_is_named(
    tmp_path: Path, cell: str, count: int, length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, _ = written(tmp_path, cell, count, length)
    files = [str(tmp_path / name) for name in ("x.npy", "w.npz", "h.npy")]
    # torch.nn.LSTM without batch_first gives an array that looks right: (batch, time, units)
    np.save(files[2], wrong)
    said = ["check", files[0], "--weights", files[1], "--sample", "3", "--solve"]
    assert run(*said, "--expect", files[2]) == 1
    told = capsys.readouterr().out
    assert "EXPLAINED: the batch is read as (time, batch, features)" in told
    assert "timestep 3 of the sequence batch[:, t]" in told
    assert "→ batch_first (PyTorch), time_major (TensorFlow)" in told
    # the sequence that it took for sample 3 itself, as far as this run goes
    np.save(files[2], wrong[:, 3][:length])
    assert run(*said, "--expect", files[2]) == 1
    assert "the sequence is batch[:, 3], not batch[3]" in capsys.readouterr().out


@pytest.mark.parametrize("cell", CELLS)
def test_values_written_time_first_are_named(
    tmp_path: Path, cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, right = written(tmp_path, cell, 6, 6)
    files = [str(tmp_path / name) for name in ("x.npy", "w.npz", "h.npy")]
    np.save(files[2], np.swapaxes(right, 0, 1))
    said = ["check", files[0], "--weights", files[1], "--expect", files[2]]
    assert run(*said, "--sample", "1") == 1
    told = capsys.readouterr().out
    assert "EXPLAINED: batch and time of the values are swapped" in told
    assert "→ np.swapaxes(h, 0, 1)" in told


def test_the_first_of_a_batch_is_not_enough_to_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, _ = written(tmp_path, "GRU", 5, 8)
    files = [str(tmp_path / name) for name in ("x.npy", "w.npz", "h.npy")]
    np.save(files[2], wrong)
    assert run("check", files[0], "--weights", files[1], "--expect", files[2]) == 1
    told = capsys.readouterr().out
    assert "this data cannot tell it from" in told
    assert "the state is reset at every timestep" in told
    assert "timestep 0 of the sequence batch[:, t]" in told
    assert "another sequence of the batch (--sample) can" in told


def test_the_debugger_knows_the_batch_of_its_sequence(tmp_path: Path) -> None:
    wrong, _ = written(tmp_path, "LSTM", 5, 8)
    np.save(tmp_path / "h.npy", wrong[2])
    session = open_session(tmp_path / "x.npy", weights=tmp_path / "w.npz", sample=2)
    reference = read_reference(tmp_path / "h.npy", session.trace.model, 8)
    session.expect(reference, tolerance_for(np.dtype(np.float32)))
    told = explanation(session, "").text
    assert "timestep 2 of the sequence batch[:, t]" in told

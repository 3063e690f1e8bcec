"""Notes stand in the order of their use: warnings, what was inferred, then asides."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnstep import Session, Trace
from rnnstep.arrays import LOOKED_AT
from rnnstep.notes import Note
from rnnstep.opening import open_session
from tests.debugger.runs import inputs, lstm


def test_warnings_come_first_and_asides_last() -> None:
    aside, plain = Note("seen in part", aside=True), Note("a cell, by its names", "--cell")
    warning = Note("NaN", warning=True)
    session = Session(Trace(lstm(), inputs()), notes=(aside, plain, warning))
    assert session.notes == (warning, plain, aside)


def test_what_was_not_looked_at_stands_behind_what_was_inferred(tmp_path: Path) -> None:
    path = tmp_path / "long.npy"
    np.save(path, np.zeros((LOOKED_AT // 2 + 1, 2), np.float32))
    weights = tmp_path / "long.weights.npz"
    rng = np.random.default_rng(0)
    np.savez(weights, kernel=rng.normal(size=(2, 4)), recurrent_kernel=rng.normal(size=(4, 4)))
    notes = [str(note) for note in open_session(path).notes]
    place = next(n for n, note in enumerate(notes) if note.startswith("input looked at for NaN"))
    # what is said behind it is an aside, too: that the run is compiled
    assert all("compiled" in note for note in notes[place + 1 :])
    assert any("SimpleRNN" in note for note in notes[:place])

"""Which timesteps are compiled: a matter of place and length alone, and of what is installed."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import rnnstep.program
from rnnstep import Batch, Session, Trace
from rnnstep.program import fast, first_compiled, load_machine
from rnnstep.program.batch import FEW
from rnnstep.ranges import LOOKED_AT
from tests.cli.test_command import ADDITION, complaint
from tests.time.test_trace import inputs, model

SLOW = 1e-3
"""Seconds for a timestep."""


def installed(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(fast, "installed", lambda: there)


def test_what_the_first_screen_looks_at_is_never_compiled() -> None:
    assert fast.AFTER >= LOOKED_AT


def test_a_run_is_compiled_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, True)
    pays = int(fast.PAYS / SLOW)
    assert first_compiled(fast.AFTER + pays - 1, SLOW) is None
    assert first_compiled(fast.AFTER + pays + 1, SLOW) == fast.AFTER
    installed(monkeypatch, False)
    assert first_compiled(fast.AFTER + pays + 1, SLOW) is None


def test_a_batch_is_compiled_from_its_first_timestep_where_it_pays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits for its first timestep; few samples are as fast on NumPy."""
    installed(monkeypatch, True)
    monkeypatch.setattr(fast, "PAYS", 0.0)

    def compiled_from(samples: int) -> int | None:
        batch = Batch(model(), np.zeros((samples, 5, 3), np.float32))
        [sweep] = batch._run.sweeps
        return sweep.compiled_from

    assert [compiled_from(samples) for samples in (FEW - 1, FEW, 300)] == [None, 0, 0]
    monkeypatch.setattr(fast, "PAYS", 1.0)
    assert compiled_from(300) is None
    monkeypatch.setattr(fast, "PAYS", 0.0)
    installed(monkeypatch, False)
    assert compiled_from(300) is None


@pytest.mark.parametrize(
    ("said", "short", "long"), [("always", 0, 0), ("long", None, fast.AFTER), ("never", None, None)]
)
def test_the_environment_has_the_last_word(
    monkeypatch: pytest.MonkeyPatch, said: str, short: int | None, long: int | None
) -> None:
    installed(monkeypatch, True)
    monkeypatch.setenv(fast.VARIABLE, said)
    assert (first_compiled(1, SLOW), first_compiled(10**6, SLOW)) == (short, long)
    assert first_compiled(10**6, 0.0) is None


def test_what_the_environment_cannot_have_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(monkeypatch, False)
    for said, told in (("allways", "always, long, never"), ("always", "pip install")):
        monkeypatch.setenv(fast.VARIABLE, said)
        assert told in complaint(capsys, "print", ADDITION)


def test_the_notes_say_that_a_run_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "compiled" not in str(Session(Trace(model(), inputs())).notes)
    installed(monkeypatch, True)
    monkeypatch.setattr(fast, "PAYS", -np.inf)
    assert "compiled" in str(Session(Trace(model(), inputs())).notes)


def test_numpy_runs_what_cannot_be_compiled_here(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Trace(model(), inputs()).series("h_t")
    many = np.stack([inputs()] * FEW)
    side_by_side = Batch(model(), many)["h_t"]
    installed(monkeypatch, True)
    monkeypatch.setattr(fast, "PAYS", -np.inf)
    monkeypatch.setattr(fast, "AFTER", 0)
    monkeypatch.delattr(rnnstep.program, "machine", raising=False)
    monkeypatch.setitem(sys.modules, "rnnstep.program.machine", None)
    fast._loaded.cache_clear()
    try:
        assert load_machine(np.dtype(np.float32)) is None
        trace = Trace(model(), inputs())
        assert trace.compiled
        trace.prepare()
        np.testing.assert_array_equal(trace.series("h_t"), expected)
        batch = Batch(model(), many)
        assert batch._run.sweeps[0].compiled_from == 0
        np.testing.assert_array_equal(batch["h_t"], side_by_side)
    finally:
        fast._loaded.cache_clear()

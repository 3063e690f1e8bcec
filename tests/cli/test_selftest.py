"""``rnnstep selftest``: what is printed, and how it ends."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnnstep import Layer
from tests.cli.bad import Capture
from tests.cli.test_command import ADDITION, SAMPLES, complaint, run


def test_every_sample_passes(capsys: Capture) -> None:
    weights = sorted(SAMPLES.rglob("*.weights.npz"))
    assert weights
    for path in weights:
        sequence = path.with_name(path.name.removesuffix(".weights.npz") + ".npy")
        assert run("selftest", str(sequence)) == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith("PASS: ")


def test_a_failure_is_1_in_text_and_json(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("rnnstep.blocks._LONGEST", 8)
    monkeypatch.setattr(
        Layer,
        "carry",
        lambda self, values: {k: np.zeros_like(values[v]) for k, v in self.cell.carried.items()},
    )
    assert run("selftest", ADDITION) == 1
    said = capsys.readouterr().out
    assert "FAIL  one by one" in said
    assert "t = 8: rnn/h_prev[" in said
    assert run("selftest", ADDITION, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["passed"] is False
    assert data["checks"][0]["first_difference"]["t"] == 8


def test_without_numba_a_line_says_so_and_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("rnnstep.selftest.machine.installed", lambda: False)
    assert run("selftest", ADDITION) == 0
    said = capsys.readouterr().out.splitlines()
    assert "none  compiled      numba is not installed: pip install 'rnnstep[fast]'" in said
    assert said[-1] == "PASS: 7 checks"


def test_bad_input_is_one_line(capsys: Capture) -> None:
    assert "none.npy: no such file" in complaint(capsys, "selftest", "none.npy")

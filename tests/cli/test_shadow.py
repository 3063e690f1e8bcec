"""``rnnstep shadow``: its report, its exit codes, the weights that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rnnstep import Session, load_model
from tests.cli.test_command import SAMPLES, complaint, run

BRACKETS = str(SAMPLES / "brackets" / "seq.npy")


def test_the_report_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shadow", BRACKETS, "--as", "int8") == 0
    said = capsys.readouterr().out
    assert "weights alone" in said
    assert "lstm/c_t" in said
    assert run("shadow", BRACKETS, "--as", "int8", "--atol", "0.01") == 1
    assert run("shadow", BRACKETS, "--as", "int8", "--atol", "0.5") == 0
    assert "the error is never over 0.5" in capsys.readouterr().out


def test_json_has_the_lines_that_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("shadow", BRACKETS, "--functions", "hard2", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["equations"]["lstm"]["f_t"] == "hard_sigmoid_keras2(a_f)"
    assert data["alone"] == {}
    assert data["largest_error"] > 0.1


def test_ranges_of_another_sequence_and_of_the_users_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "short.npy", np.load(BRACKETS)[:4])
    tokens = ["shadow", BRACKETS, "--as", "int8", "--json"]
    counts = []
    for more in ([], ["--calibrate", str(tmp_path / "short.npy")], ["--ranges", "c_t=0.1"]):
        assert run(*tokens, *more) == 0
        values = json.loads(capsys.readouterr().out)["values"]
        (c,) = [one for one in values if one["name"] == "lstm/c_t"]
        assert c["high"] == pytest.approx(0.568, abs=1e-3)
        counts.append(c["clipped"]["count"])
    assert counts[0] < counts[1] < counts[2]


def test_the_rounded_weights_are_written(tmp_path: Path) -> None:
    path = tmp_path / "rounded.npz"
    assert run("shadow", BRACKETS, "--as", "float16", "--write", str(path)) == 0
    for layer in load_model(path).layers:
        for array in layer.weights.values():
            np.testing.assert_array_equal(array, array.astype(np.float16))


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        ([], "say what the shadow is"),
        (["--as", "int9"], "did you mean 'int8'"),
        (["--as", "int8", "--functions", "table:0"], "2 to 65536 entries"),
        (["--as", "int8", "--ranges", "c_t"], "write NAME=LIMIT"),
        (["--as", "int8", "--ranges", "d_t=1"], "no value 'd_t'"),
        (["--as", "int8", "--ranges", "c_t=-1"], "a number above 0"),
        (["--as", "int8", "--atol", "-1"], "--atol -1"),
        (["--as", "int8", "--calibrate", "no.npy"], "no.npy"),
        (["--functions", "hard", "--write", "w.npz"], "the weights stay as they are"),
        (["--as", "int16", "--dtype", "float16"], "float16 has not the digits"),
    ],
)
def test_what_is_refused(capsys: pytest.CaptureFixture[str], tokens: list[str], told: str) -> None:
    assert told in complaint(capsys, "shadow", BRACKETS, *tokens)


def test_open_lays_the_shadow_over_the_exact_run(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Session] = []

    def run_screen(session: Session) -> int:
        opened.append(session)
        return 0

    monkeypatch.setattr("rnnstep.cli.showing.on_terminal", lambda: True)
    monkeypatch.setattr("rnnstep.tui.run", run_screen)
    assert run("shadow", BRACKETS, "--as", "float16", "--atol", "0.5", "--open") == 0
    known = opened[0].comparison
    assert known is not None
    assert known.reference.is_shadow
    assert known.reference.source == "float16"
    assert known.tolerance.absolute == 0.5
    assert known.passed

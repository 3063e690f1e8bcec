"""``rnnstep vectors`` and ``rnnstep check DIR --got``: what is printed, written and refused."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.cli.bad import Capture
from tests.cli.test_command import SAMPLES, complaint, run

WEIGHTS = str(SAMPLES / "brackets" / "seq.weights.npz")


def made(folder: Path, *tokens: str) -> Path:
    assert run("vectors", WEIGHTS, "-o", str(folder / "v"), *tokens) == 0
    return folder / "v"


def results(folder: Path, wrong: float = 0.0) -> Path:
    """What a runtime prints that is right, but for the output of one case at t = 1."""
    lines = []
    for case in json.loads((folder / "vectors.json").read_text("utf-8"))["cases"]:
        expected = np.load(folder / f"{case['name']}.expected.npy")
        for t, row in enumerate(expected):
            error = wrong if (case["name"], t) == ("random", 1) else 0.0
            lines.append(f"{case['name']} {t} " + " ".join(f"{x + error:.9g}" for x in row))
    path = folder.parent / "results.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_every_sample_has_vectors_and_passes_with_its_own(tmp_path: Path, capsys: Capture) -> None:
    weights = sorted(SAMPLES.rglob("*.weights.npz"))
    assert weights
    for number, path in enumerate(weights):
        folder = tmp_path / str(number)
        assert run("vectors", str(path), "-o", str(folder), "--all-values") == 0
        assert "cases for" in capsys.readouterr().out
        assert run("check", str(folder), "--got", str(results(folder))) == 0
        assert "PASS: " in capsys.readouterr().out


def test_a_failure_is_1_and_says_what_it_means(tmp_path: Path, capsys: Capture) -> None:
    folder = made(tmp_path)
    got = str(results(folder, wrong=0.5))
    junit = tmp_path / "junit.xml"
    capsys.readouterr()
    assert run("check", str(folder), "--got", got, "--junit", str(junit)) == 1
    said = capsys.readouterr().out
    assert "FAIL  random        t = 1: output/y_t[0]" in said
    assert "1 of 12 cases; the one that says most is random:\n  what is carried" in said
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("12", "1")
    assert run("check", str(folder), "--got", got, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["passed"], data["says_most"]) == (False, "random")
    assert data["means"].startswith("what is carried")


@pytest.mark.parametrize(
    ("wrong", "said", "told"),
    [
        (1e-3, ["--atol", "0.01"], "0.01 + 0 × |expected|"),
        (1e-3, ["--rtol", "0.01"], "0 + 0.01 × |expected|"),
        (1e-7, ["--ulp", "1e6"], "1e+06 units in the last place of float32"),
    ],
)
def test_the_tolerance_is_the_vectors_own_unless_the_user_says_one(
    tmp_path: Path, capsys: Capture, wrong: float, said: list[str], told: str
) -> None:
    folder = made(tmp_path)
    got = str(results(folder, wrong))
    capsys.readouterr()
    assert run("check", str(folder), "--got", got) == int(wrong > 1e-5)
    assert "tolerance" not in capsys.readouterr().out
    assert run("check", str(folder), "--got", got, *said) == 0
    assert f"tolerance {told} for every case" in capsys.readouterr().out
    junit = tmp_path / "junit.xml"
    strict = [said[0], "1e-9"]
    assert run("check", str(folder), "--got", got, *strict, "--junit", str(junit)) == 1
    assert ElementTree.parse(junit).getroot().get("failures") != "0"
    capsys.readouterr()
    assert run("check", str(folder), "--got", got, *said, "--json") == 0
    cases = json.loads(capsys.readouterr().out)["cases"]
    assert {case["tolerance"] for case in cases} == {told}


def test_the_options_about_weights_are_taken(tmp_path: Path) -> None:
    folder = made(tmp_path, "--dtype", "float64", "--seed", "7")
    manifest = json.loads((folder / "vectors.json").read_text("utf-8"))
    assert (manifest["dtype"], manifest["seed"]) == ("float64", 7)
    assert "typedef double rnn_real;" in (folder / "vectors.h").read_text("ascii")


def test_one_hot_weights_are_written_with_their_vectors(tmp_path: Path) -> None:
    folder = made(tmp_path, "--one-hot")
    with np.load(folder / "one_hot.npz") as weights, np.load(WEIGHTS) as own:
        assert weights.files == own.files
        assert str(weights["model"]) == str(own["model"])
        assert (weights["lstm/Wx_i"] != own["lstm/Wx_i"]).any()
    assert run("vectors", str(folder / "one_hot.npz"), "-o", str(tmp_path / "again")) == 0
    headers = [(f / "random.expected.csv").read_text() for f in (folder, tmp_path / "again")]
    assert headers[0] == headers[1]


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        (["vectors", WEIGHTS], "--output"),
        (["vectors", "none.npz", "-o", "w"], "none.npz: no such file"),
        (["vectors", WEIGHTS, "-o", "v"], "v: has vectors already: say --force"),
        (["vectors", WEIGHTS, "-o", "no/where"], "no/where: cannot be written: No such file"),
        (["vectors", WEIGHTS, "-o", "w", "--seed", "-1"], "--seed -1: give a whole number"),
        (["check", "v"], "v: is a folder; of test vectors say --got RESULTS"),
        (
            ["check", "v", "--got", "results.txt", "--value", "h_t"],
            "check DIR takes --got, --atol,",
        ),
        (["check", "v", "--got", "results.txt", "--rtol", "-1"], "--rtol -1.0: give a number from"),
        (["check", "v", "--got", "none.txt"], "none.txt: no such file"),
        (["check", "v", "--got", "v"], "v: is a folder"),
        (["check", "empty", "--got", "results.txt"], "empty: has no vectors.json"),
        (["check", "none", "--got", "results.txt"], "none: no such folder"),
        (["check", "results.txt", "--got", "results.txt"], "results.txt: is no folder"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tokens: list[str], told: str
) -> None:
    results(made(tmp_path))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert told in complaint(capsys, *tokens)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "results.txt", "v"]

"""What another runtime gave: as text, as csv and as arrays."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from rnnstep import InputError
from rnnstep.render.vectors import as_json, as_junit, as_text
from rnnstep.vectors import make_vectors, read_results
from tests.debugger.runs import H, lstm, stack
from tests.debugger.runtime import (
    Runtime,
    answer,
    judged,
    lines_of,
    weights,
)


@pytest.mark.parametrize("ending", ["txt", "csv", "npz"])
def test_results_of_each_kind_say_the_same(tmp_path: Path, ending: str) -> None:
    vectors = make_vectors(lstm())
    results = answer(vectors, Runtime(weights()))
    results.outputs["random"][3] = results.outputs["random"][3] + 0.5
    path = tmp_path / f"results.{ending}"
    if ending == "npz":
        arrays: dict[str, Any] = {k: np.stack([*v.values()]) for k, v in results.outputs.items()}
        arrays |= {f"{k}/state": v for k, v in results.finals.items()}
        np.savez(path, **arrays)
    else:
        lines = lines_of(results)
        if ending == "csv":
            lines = ["case,t,value", *(line.replace(" ", ",") for line in lines)]
        path.write_text("\n".join(["# a remark", "", *lines]), encoding="utf-8")
    found = judged(path, vectors)
    failed = [verdict for verdict in found.verdicts if not verdict.passed]
    assert [verdict.vector.name for verdict in failed] == ["random"]
    first = failed[0].first
    assert first is not None
    assert (first.t, first.name) == (3, "h_t")
    assert first.error == pytest.approx(0.5, abs=1e-6)


def test_every_value_can_be_compared(tmp_path: Path) -> None:
    vectors = make_vectors(stack(), all_values=True)
    arrays: dict[str, Any] = {}
    for vector in vectors.vectors:
        arrays[vector.name] = vector.expected
        arrays |= {f"{vector.name}/{name}": array for name, array in vector.values.items()}
    np.savez(tmp_path / "good.npz", **arrays)
    assert judged(tmp_path / "good.npz", vectors).passed
    arrays["random/lstm/f_t"] = arrays["random/lstm/f_t"] + 0.01
    np.savez(tmp_path / "bad.npz", **arrays)
    first = next(v for v in judged(tmp_path / "bad.npz", vectors).verdicts if v.first).first
    assert first is not None
    assert (first.t, first.name) == (0, "lstm/f_t")


def test_what_is_not_given_fails(tmp_path: Path) -> None:
    vectors = make_vectors(lstm())
    results = answer(vectors, Runtime(weights()))
    del results.outputs["long"], results.finals["long"]
    del results.outputs["random"][7], results.finals["state"]
    (tmp_path / "r.txt").write_text("\n".join(lines_of(results)))
    found = judged(tmp_path / "r.txt", vectors)
    missing = {v.vector.name: v.missing for v in found.verdicts if not v.passed}
    assert missing == {
        "state": "final states not given",
        "random": "1 of 8 timesteps not given, first t = 7",
        "long": "not given",
    }


def test_states_may_be_left_out_altogether_and_digits_cut(tmp_path: Path) -> None:
    vectors = make_vectors(lstm())
    results = answer(vectors, Runtime(weights()))
    results.finals.clear()
    lines = [
        " ".join([*line.split()[:2], *(f"{float(x):.3f}" for x in line.split()[2:])])
        for line in lines_of(results)
    ]
    (tmp_path / "r.txt").write_text("\n".join(lines))
    found = judged(tmp_path / "r.txt", vectors)
    assert found.passed
    assert any("final states not given" in line for line in as_text(found))


def test_nan_of_a_runtime_is_a_difference(tmp_path: Path) -> None:
    vectors = make_vectors(lstm())
    results = answer(vectors, Runtime(weights()))
    results.outputs["zeros"][0] = np.array([np.nan] * H)
    (tmp_path / "r.txt").write_text("\n".join(lines_of(results)))
    found = judged(tmp_path / "r.txt", vectors)
    assert not found.verdicts[0].passed
    data = json.loads(as_json(found))
    assert data["cases"][0]["largest_error"] == "Infinity"
    suite = ElementTree.fromstring(as_junit(found))
    assert (suite.get("tests"), suite.get("failures")) == (str(len(found.verdicts)), "1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("# nothing\n", "has no line CASE T VALUE"),
        ("zero 0 1 2 3 4\n", "line 1: no case 'zero'; did you mean 'zeros'"),
        ("zeros\n", "line 1: has a case alone"),
        ("zeros 0 1 2 3\n", "line 1: has 3 outputs, the model 4"),
        ("zeros state 1\n", "line 1: has 1 states, the model 8"),
        ("zeros 1 1 2 3 4\n", "'1' is no timestep: zeros has 0 to 0, or state"),
        ("zeros 0 1 2 x 4\n", "line 1: could not convert string to float: 'x'"),
        ("zeros 0 1 2 3 4\nzeros 0 1 2 3 4\n", "line 2: zeros 0 is there twice"),
    ],
)
def test_bad_results(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "r.txt").write_text(text)
    with pytest.raises(InputError, match=re.escape(told)):
        read_results(tmp_path / "r.txt", make_vectors(lstm()))


@pytest.mark.parametrize(
    ("name", "array", "told"),
    [
        ("zero", np.zeros((1, H)), "is no case; did you mean 'zeros'"),
        ("random", np.zeros((8, H + 1)), "has shape (8, 5), the case (8, 4)"),
        ("random", np.zeros((9, H)), "has shape (9, 4), the case (8, 4)"),
        ("random", np.float32(1), "has shape (), the case (8, 4)"),
        ("random/state", np.zeros(3), "has 3 states, the model 8"),
        ("random/f_t", np.zeros((8, H)), "make the vectors with --all-values"),
    ],
)
def test_bad_arrays(tmp_path: Path, name: str, array: Any, told: str) -> None:
    np.savez(tmp_path / "r.npz", **{name: array})
    with pytest.raises(InputError, match=re.escape(told)):
        read_results(tmp_path / "r.npz", make_vectors(lstm()))

"""A folder of vectors: read again, left whole, and refused where it is damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep import InputError
from rnnstep.vectorfiles import write_vectors
from rnnstep.vectors import make_vectors, read_vectors
from tests.debugger.runs import lstm, stack
from tests.debugger.runtime import (
    MODELS,
    dense,
)


@pytest.mark.parametrize("model", MODELS)
def test_a_folder_gives_back_what_was_written(tmp_path: Path, model: str) -> None:
    vectors = make_vectors(MODELS[model](), all_values=True)
    written = write_vectors(vectors, tmp_path / "v")
    assert sorted(path.name for path in (tmp_path / "v").iterdir()) == written
    again = read_vectors(tmp_path / "v")
    for field in ("model", "dtype", "output", "carried", "rows", "notes", "seed", "backwards"):
        assert getattr(again, field) == getattr(vectors, field)
    for one, other in zip(vectors.vectors, again.vectors, strict=True):
        assert (one.name, one.tells, one.later) == (other.name, other.tells, other.later)
        assert (one.tolerance.absolute, one.tolerance.relative) == (
            other.tolerance.absolute,
            other.tolerance.relative,
        )
        for key in ("x", "state", "expected", "final"):
            assert np.array_equal(getattr(one, key), getattr(other, key))
        assert list(one.values) == list(other.values)
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


def changed(**said: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {**manifest, **said}


DAMAGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another version": (changed(format=2), "format 2; this rnnstep reads 1"),
    "a list": (lambda _: [], "damaged"),
    "no cases": (changed(cases=3), "damaged"),
    "a dtype that is none": (changed(dtype="floaty"), "damaged"),
    "a way out": (
        lambda manifest: {**manifest, "cases": [{**manifest["cases"][0], "name": "../x"}]},
        "'../x' is no name of a case",
    ),
    "no case": (changed(cases=[]), "has 0 cases"),
    "other states": (changed(states=[]), "cases, of 0 states"),
    "a tolerance of NaN": (
        lambda manifest: {
            **manifest,
            "cases": [{**manifest["cases"][0], "absolute": float("nan")}],
        },
        "the tolerance of zeros is no number from 0 up",
    ),
    "another shape": (
        lambda manifest: {
            **manifest,
            "cases": [
                {
                    **manifest["cases"][0],
                    "shapes": {**manifest["cases"][0]["shapes"], "x": [2, 3]},
                }
            ],
        },
        "has shape (1, 3), vectors.json says (2, 3)",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_one_line(tmp_path: Path, damage: str) -> None:
    write_vectors(make_vectors(lstm()), tmp_path / "v")
    path = tmp_path / "v" / "vectors.json"
    change, told = DAMAGES[damage]
    path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))))
    with pytest.raises(InputError, match=re.escape(told)):
        read_vectors(tmp_path / "v")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    vectors = make_vectors(lstm())
    folder = tmp_path / "v"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(InputError, match="has other files in it"):
            write_vectors(vectors, folder, force)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        write_vectors(vectors, tmp_path / "file")
    with pytest.raises(InputError, match="cannot be written"):
        write_vectors(vectors, tmp_path / "no" / "where")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "v"]


def test_an_empty_folder_is_filled_and_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    place = (tmp_path / "real").stat().st_ino
    written = write_vectors(make_vectors(lstm()), tmp_path / "link")
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == written
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").stat().st_ino == place


def test_vectors_are_written_anew_around_what_is_the_users(tmp_path: Path) -> None:
    folder = tmp_path / "v"
    folder.mkdir()
    write_vectors(make_vectors(stack()), folder)
    (folder / "harness.c").write_text("/* mine */")
    (folder / "results.txt").write_text("mine")
    (folder / "other.state.csv").write_text("mine")
    with pytest.raises(InputError, match="say --force"):
        write_vectors(make_vectors(dense()), folder)
    write_vectors(make_vectors(dense()), folder, force=True)
    assert (folder / "harness.c").read_text() == "/* mine */"
    assert (folder / "results.txt").read_text() == "mine"
    assert (folder / "other.state.csv").read_text() == "mine"
    assert not (folder / "state.x.npy").exists()
    assert read_vectors(folder).model == make_vectors(dense()).model


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rnnstep.vectorfiles.folder.c_header", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_vectors(make_vectors(lstm()), tmp_path / "v")
    assert list(tmp_path.iterdir()) == []

"""ONNX files that want to read elsewhere, or to grow: refused in one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from tests.model.small_onnx import (
    NODE,
    D,
    H,
    lstm,
    model_of,
    numbers,
    refused,
    saved,
    small,
    weights,
)
from tests.peak import begin, peak


def outside(model: Any, location: str, **entries: str) -> Any:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return model


BYTES = 4 * H * D * 4


@pytest.mark.parametrize(
    "location",
    [
        "../w.bin",
        "a/../../w.bin",
        "/etc/passwd",
        "C:\\w.bin",
        "..\\w.bin",
        "\\\\host\\w",
        "",
        "//w",
    ],
)
def test_external_data_elsewhere_is_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(BYTES))
    folder = tmp_path / "in"
    folder.mkdir()
    assert "outside the file's folder" in refused(saved(outside(small(), location), folder))


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(BYTES))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "w.bin")
    assert "leads outside" in refused(saved(outside(small(), "w.bin"), folder))
    (folder / "sub").symlink_to(tmp_path)
    assert "leads outside" in refused(saved(outside(small(), "sub/w.bin"), folder))


@pytest.mark.parametrize(
    ("entries", "size", "told"),
    [
        ({}, None, "no such file"),
        ({}, BYTES - 1, "truncated"),
        ({"offset": "1"}, BYTES, "truncated"),
        ({"offset": "-4"}, BYTES, "no place"),
        ({"offset": "9" * 5000}, BYTES, "no place"),
        ({"offset": "x"}, BYTES, "no place"),
        ({"length": str(2**58)}, BYTES, "truncated"),
        ({"length": "4"}, BYTES, "truncated"),
    ],
)
def test_external_data_that_does_not_fit(
    tmp_path: Path, entries: dict[str, str], size: int | None, told: str
) -> None:
    if size is not None:
        (tmp_path / "w.bin").write_bytes(bytes(size))
    assert told in refused(saved(outside(small(), "w.bin", **entries), tmp_path))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "w.bin")
    assert "no such file" in refused(saved(outside(small(), "w.bin"), tmp_path))


@pytest.mark.parametrize("dims", [[2**40], [2**31, 2**31], [2**62, 2**62, 4], [-1], [1] * 99, []])
@pytest.mark.parametrize("external", [True, False])
def test_shapes_that_the_data_does_not_fill(
    tmp_path: Path, dims: list[int], external: bool
) -> None:
    model = outside(small(), "w.bin") if external else small()
    (tmp_path / "w.bin").write_bytes(bytes(BYTES))
    del model.graph.initializer[0].dims[:]
    model.graph.initializer[0].dims.extend(dims)
    told = refused(saved(model, tmp_path))
    # one number is a fine array, but no W
    assert "damaged" in told or "no array" in told or (external and not dims and "its W" in told)


def bomb(*nodes: Any, **given: Any) -> Any:
    return model_of([*nodes, lstm()], {"R": weights()["R"], "B": weights()["B"], **given})


FAR = np.array([2**20, 2**20, 2**10])
BOMBS: dict[str, Callable[[], Any]] = {
    "fill": lambda: bomb(NODE("ConstantOfShape", ["s"], ["W"]), s=FAR),
    "expand": lambda: bomb(NODE("Expand", ["o", "s"], ["W"]), s=FAR, o=numbers(1)),
    "doubled": lambda: bomb(
        *(NODE("Concat", [f"d{i}", f"d{i}"], [f"d{i + 1}"], axis=0) for i in range(60)),
        NODE("Identity", ["d60"], ["W"]),
        d0=numbers(1, 4 * H, D),
    ),
    "outer product": lambda: bomb(
        NODE("Add", ["a", "c"], ["W"]), a=numbers(200_000, 1), c=numbers(1, 200_000)
    ),
    "picked": lambda: bomb(
        NODE("Gather", ["a", "i"], ["W"]), a=numbers(1, 100_000), i=np.zeros(100_000, np.int64)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_constants_that_grow_are_not_made(tmp_path: Path, name: str) -> None:
    path = saved(BOMBS[name](), tmp_path)
    before = begin()
    told = refused(path)
    assert "LSTM 'lstm'" in told or "damaged" in told
    assert peak() - before < 300 * 2**20

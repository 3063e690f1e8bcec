"""A run beside reference values: what is read, where it parts, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Model, Trace, build_layer
from rnnstep.check import Asked, Comparison, from_trace, read_reference, tolerance_for
from rnnstep.export import export
from rnnstep.render.check import as_json, as_junit, as_text
from tests.debugger.runs import H, inputs, lstm, stack

T = 12
Values = npt.NDArray[Any]


def run(model: Model | None = None) -> Trace:
    return Trace(model or lstm(), inputs(T))


def compared(trace: Trace, path: Path, asked: Asked | None = None) -> Comparison:
    reference = read_reference(path, trace.model, len(trace), asked)
    return Comparison(trace, reference, tolerance_for(np.dtype(np.float32), reference.decimals))


@pytest.mark.parametrize("ending", ["npz", "csv", "json", "safetensors"])
def test_a_trace_of_any_format_is_a_reference(tmp_path: Path, ending: str) -> None:
    trace = run(stack())
    path = tmp_path / f"ref.{ending}"
    export(trace, path)
    found = compared(trace, path)
    assert found.passed
    assert found.worst == 0
    assert len(found.values) == len(trace.model.value_names)


def test_the_first_divergence_is_of_the_earliest_line_and_the_worst_unit(tmp_path: Path) -> None:
    trace = run()
    arrays: dict[str, Any] = {name: trace.series(name).copy() for name in ("a_f", "f_t", "h_t")}
    arrays["h_t"][4:, 0] += 0.5
    arrays["f_t"][6, 1] += 0.1
    arrays["f_t"][6, 3] -= 0.3
    arrays["a_f"][7, 2] = np.nan
    np.savez(tmp_path / "ref.npz", **arrays)
    found = compared(trace, tmp_path / "ref.npz")
    first = found.first
    assert first is not None
    assert (first.t, first.name, first.unit) == (4, "h_t", 0)
    assert first.expected - first.got == pytest.approx(0.5)
    second = found.after(5)
    assert second is not None
    # at t = 6 h_t is wrong as well: f_t is the earlier line
    assert (second.t, second.name, second.unit) == (6, "f_t", 3)
    third = found.after(6)
    assert third is not None
    assert (third.name, third.unit, third.error) == ("a_f", 2, np.inf)
    back = found.before(5)
    assert back is not None
    assert back.t == 4
    assert found.before(4) is None


SHAPES: dict[str, Callable[[Values], Values]] = {
    "all": lambda h: h,
    "a batch of one": lambda h: h[np.newaxis],
    "time first": lambda h: h[:, np.newaxis],
    "the first five": lambda h: h[:5],
    "with the initial state": lambda h: np.concatenate([np.zeros((1, H), np.float32), h]),
    "the last": lambda h: h[-1],
    "the last, of layers and samples": lambda h: h[-1][np.newaxis, np.newaxis],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_axes_of_a_nameless_array(tmp_path: Path, shape: str) -> None:
    trace = run()
    path = tmp_path / "h.npy"
    np.save(path, SHAPES[shape](trace.series("h_t")))
    found = compared(trace, path)
    assert found.passed
    assert found.values[0].expected.name == "h_t"
    rows = len(found.values[0].expected.times)
    assert rows == {"the first five": 5}.get(shape, 1 if "last" in shape else T)
    wrong = SHAPES[shape](trace.series("h_t")).copy()
    wrong.reshape(-1)[-1] += 0.1
    np.save(path, wrong)
    again = compared(trace, path)
    assert again.first is not None
    assert again.first.unit == H - 1


def test_a_sample_of_a_batch_and_timesteps_are_chosen(tmp_path: Path) -> None:
    trace = run()
    h = trace.series("h_t")
    np.save(tmp_path / "batch.npy", np.stack([h + 1, h]))
    assert not compared(trace, tmp_path / "batch.npy").passed
    assert compared(trace, tmp_path / "batch.npy", Asked(sample=1)).passed
    np.save(tmp_path / "some.npy", h[3:7])
    assert not compared(trace, tmp_path / "some.npy").passed
    assert compared(trace, tmp_path / "some.npy", Asked(times=range(3, 7))).passed


def test_names_of_frameworks_and_of_the_user(tmp_path: Path) -> None:
    trace = run()
    h, c = trace.series("h_t"), trace.series("c_t")
    np.savez(tmp_path / "a.npz", h_n=h[-1][None], c_n=c[-1][None])
    assert [one.expected.name for one in compared(trace, tmp_path / "a.npz").values] == [
        "c_t",
        "h_t",
    ]
    np.savez(tmp_path / "b.npz", hidden=h, forget=trace.series("f_t"))
    found = compared(trace, tmp_path / "b.npz", Asked({"hidden": "h_t", "forget": "f_t"}))
    assert [one.expected.name for one in found.values] == ["f_t", "h_t"]
    assert found.passed
    with pytest.raises(InputError, match="say --map THEIRS=OURS"):
        compared(trace, tmp_path / "b.npz")
    with pytest.raises(InputError, match="has no 'hiden'; did you mean 'hidden'"):
        compared(trace, tmp_path / "b.npz", Asked({"hiden": "h_t"}))


@given(st.integers(1, 6))
def test_what_was_cut_off_by_printing_is_no_error(digits: int) -> None:
    from tempfile import TemporaryDirectory

    trace = run()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "printed.csv"
        lines = [",".join(f"{x:.{digits}f}" for x in row) for row in trace.series("h_t")]
        path.write_text("\n".join(lines))
        assert compared(trace, path).passed
        lines[5] = ",".join(
            f"{x + 3 * 10.0**-digits + 1e-3:.{digits}f}" for x in trace.series("h_t")[5]
        )
        path.write_text("\n".join(lines))
        first = compared(trace, path).first
        assert first is not None
        assert first.t == 5


def test_two_models_on_one_input() -> None:
    first = run()
    layer = first.model.layers[0]
    weights = {name: array.copy() for name, array in layer.weights.items()}
    weights["Wh_o"] = weights["Wh_o"].T
    other = run(Model((build_layer("other", layer.cell, weights),)))
    reference = from_trace(other, first, "other")
    found = Comparison(first, reference, tolerance_for(np.dtype(np.float32)))
    assert found.first is not None
    assert (found.first.t, found.first.name) == (1, "Wh_h_o")


def test_tolerances() -> None:
    half = tolerance_for(np.dtype(np.float16))
    assert half.absolute > tolerance_for(np.dtype(np.float32)).absolute
    units = tolerance_for(np.dtype(np.float32), ulp=4)
    assert units.of(np.array([1.0])) == pytest.approx(4 * np.finfo(np.float32).eps)
    assert tolerance_for(np.dtype(np.float32), 3).absolute == pytest.approx(5.01e-4)
    with pytest.raises(InputError, match="--atol -1"):
        tolerance_for(np.dtype(np.float32), absolute=-1)


def test_what_is_told(tmp_path: Path) -> None:
    trace = run()
    h = trace.series("h_t").copy()
    h[3:, 2] += 0.25
    np.save(tmp_path / "h.npy", h)
    found = compared(trace, tmp_path / "h.npy")
    text = "\n".join(as_text(found))
    assert "FAIL: first wrong at t = 3: h_t[2]" in text
    assert "t = 2        0\n" in text
    data = json.loads(as_json(found))
    assert (data["passed"], data["first_divergence"]["t"]) == (False, 3)
    assert data["error_over_time"]["error"][4] == pytest.approx(0.25)
    suite = ElementTree.fromstring(as_junit(found))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ref.csv", b"", "is empty"),
        ("ref.csv", b"h_t[0],h_t[1]\n1,2\n3\n", "row 3 has 1 columns"),
        ("ref.csv", b"1,2\n3,x\n", "'x' is no number"),
        ("ref.csv", b"h_t[0],h_t[2]\n1,2\n", "some columns are missing"),
        ("ref.json", b"{", "no json"),
        ("ref.json", b'{"h_t": [[1, true]]}', "something else than numbers"),
        ("ref.csv", b"\xff\xfe\x00", "no text in UTF-8"),
        ("ref.txt", b"1", "unknown kind of reference"),
        ("ref.onnx", b"1", "say --against"),
    ],
)
def test_bad_references(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=told):
        compared(run(), tmp_path / name)


def test_a_shape_that_does_not_fit(tmp_path: Path) -> None:
    np.save(tmp_path / "h.npy", np.zeros((T, H + 1)))
    with pytest.raises(InputError, match="is no output of it"):
        compared(run(), tmp_path / "h.npy")
    np.savez(tmp_path / "h.npz", h_t=np.zeros((T + 5, H)))
    with pytest.raises(InputError, match="has 17 timesteps, the run has 12"):
        compared(run(), tmp_path / "h.npz")

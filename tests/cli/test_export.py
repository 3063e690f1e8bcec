"""What trace writes beyond the usual: long doubles, long runs, links, a full disk."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

import rnnstep.export
import rnnstep.spool
from rnnstep import Model, Trace, build_layer, load_cell
from tests.cli.bad import GOOD, WEIGHTS, Capture, Patch, contents
from tests.cli.test_command import ADDITION, complaint, run

ENDINGS = ["npz", "json", "csv", "safetensors"]


def written(path: Path) -> dict[str, Any]:
    """The values of a file of any format, those of csv under the names of their columns."""
    match path.suffix:
        case ".npz":
            with np.load(path) as archive:
                return dict(archive)
        case ".safetensors":
            return dict(load_file(path))
        case ".json":
            return {name: np.array(value) for name, value in json.loads(path.read_text()).items()}
    with path.open(newline="") as file:
        _, *rows = csv.DictReader(file)
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("ending", ENDINGS)
def test_long_doubles_are_written_as_numbers(tmp_path: Path, ending: str) -> None:
    weights: dict[str, Any] = {name: w.astype(np.longdouble) for name, w in GOOD.items()}
    np.savez(tmp_path / "w.npz", **weights)
    np.savez(tmp_path / "plain.npz", **GOOD)  # type: ignore[arg-type]
    out, plain = tmp_path / f"out.{ending}", tmp_path / "plain.json"
    assert run("trace", ADDITION, "--weights", str(tmp_path / "w.npz"), "-o", str(out)) == 0
    assert run("trace", ADDITION, "--weights", str(tmp_path / "plain.npz"), "-o", str(plain)) == 0
    expected, found = written(plain)["h_t"], written(out)
    h = found["h_t"] if ending != "csv" else np.stack([found[f"h_t[{i}]"] for i in range(3)], 1)
    np.testing.assert_allclose(h, expected, rtol=1e-14)
    assert ending == "npz" or h.dtype == np.float64


def lstm(timesteps: int, hidden: int, dtype: str = "f4") -> Trace:
    random = np.random.default_rng(0)
    weights = {f"Wx_{gate}": random.normal(size=(hidden, 2)).astype(dtype) for gate in "ifgo"}
    weights |= {f"Wh_{gate}": np.eye(hidden, dtype=dtype) for gate in "ifgo"}
    layer = build_layer("lstm", load_cell("LSTM"), weights)
    return Trace(Model((layer,)), random.normal(size=(timesteps, 2)))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("ending", ["npz", "json", "safetensors"])
def test_a_long_run_goes_through_a_temporary_file_and_comes_out_the_same(
    tmp_path: Path, monkeypatch: Patch, ending: str, dtype: str
) -> None:
    trace, made = lstm(50, 3, dtype), []

    def temporary(**options: Any) -> Any:
        made.append(options["dir"])
        return opened(**options)

    opened = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
    small, large = tmp_path / f"small.{ending}", tmp_path / f"large.{ending}"
    rnnstep.export.export(trace, small)
    assert made == []
    monkeypatch.setattr(rnnstep.spool, "IN_MEMORY", 1000)
    # seven timesteps at once, and one at the end
    monkeypatch.setattr(rnnstep.spool, "_WINDOW", 7 * 61 * np.dtype(dtype).itemsize)
    rnnstep.export.export(trace, large)
    assert made == [tmp_path]
    assert small.read_bytes() == large.read_bytes()
    values = written(large)
    assert list(values).count("initial/c_t") == 1
    for name in trace.model.value_names:
        np.testing.assert_array_equal(values[name], trace.series(name), err_msg=name)
    assert sorted(path.name for path in tmp_path.iterdir()) == [large.name, small.name]


@pytest.mark.parametrize("ending", ["npz", "json", "safetensors"])
def test_a_long_run_is_written_in_bounded_memory(
    tmp_path: Path, monkeypatch: Patch, ending: str
) -> None:
    """Some 2 MB of values, of which 16 KiB are held at once."""
    monkeypatch.setattr(rnnstep.spool, "IN_MEMORY", 2**14)
    monkeypatch.setattr(rnnstep.spool, "_WINDOW", 2**14)
    # as of a run with many times as many timesteps
    monkeypatch.setattr("rnnstep.blocks._LONGEST", 8)
    monkeypatch.setattr("rnnstep.sweep._BLOCKS_BYTES", 2**17)
    # what is loaded for a file of this kind is loaded by now
    rnnstep.export.export(lstm(2, 8), tmp_path / f"before.{ending}")
    trace = lstm(200, 128)
    tracemalloc.start()
    rnnstep.export.export(trace, tmp_path / f"out.{ending}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("in_memory", [2**26, 0])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_one_line(tmp_path: Path, ending: str, in_memory: int) -> None:
    np.save(tmp_path / "seq.npy", np.zeros((500, 2), "f4"))
    (tmp_path / f"out.{ending}").write_bytes(b"old")
    before = contents(tmp_path)
    code = (
        "import resource, signal, sys, rnnstep.spool\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"rnnstep.spool.IN_MEMORY = {in_memory}\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))\n"
        "from rnnstep.cli import main; main(sys.argv[1:])"
    )
    out = str(tmp_path / f"out.{ending}")
    tokens = ["trace", str(tmp_path / "seq.npy"), "--weights", WEIGHTS, "-o", out]
    command = [sys.executable, "-c", code, *tokens]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"rnnstep: error: {out}: cannot be written: File too large\n"
    assert contents(tmp_path) == before


def test_of_a_link_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "real.npz").write_bytes(b"old")
    (tmp_path / "link.npz").symlink_to(Path("runs") / "real.npz")
    assert run("trace", ADDITION, "-o", str(tmp_path / "link.npz")) == 0
    assert (tmp_path / "link.npz").is_symlink()
    assert "rnn/h_t" in written(tmp_path / "runs" / "real.npz")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["real.npz"]


@pytest.mark.parametrize("name", ["n" * 240 + ".npz", "n" * 251 + ".npz"])
def test_the_longest_names_are_written(tmp_path: Path, name: str) -> None:
    assert run("trace", ADDITION, "-o", str(tmp_path / name)) == 0
    assert "rnn/h_t" in written(tmp_path / name)


@pytest.mark.parametrize("name", ["out\0.npz", "n" * 300 + ".npz"])
def test_a_name_that_no_file_has(tmp_path: Path, capsys: Capture, name: str) -> None:
    line = complaint(capsys, "trace", ADDITION, "-o", str(tmp_path / name))
    assert "cannot be written" in line
    assert "\0" not in line


@pytest.mark.parametrize("in_memory", [0, 2**20])
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_sample_of_a_batch_is_written_as_it_is_alone(
    tmp_path: Path, monkeypatch: Patch, ending: str, in_memory: int
) -> None:
    monkeypatch.setattr("rnnstep.spool.IN_MEMORY", in_memory)
    monkeypatch.setattr("rnnstep.spool._WINDOW", 700)
    np.save(tmp_path / "xs.npy", np.random.default_rng(0).normal(size=(3, 9, 2)))
    np.savez(tmp_path / "state.npz", h_t=np.arange(5) / 10)
    said = ("--weights", WEIGHTS, "--state", str(tmp_path / "state.npz"))
    out = tmp_path / f"all.{ending}"
    batch = str(tmp_path / "xs.npy")
    assert run("trace", batch, *said, "--all-samples", "-o", str(out)) == 0
    found = written(out)
    for sample in range(3):
        one = tmp_path / f"one.{ending}"
        assert run("trace", batch, *said, "--sample", str(sample), "-o", str(one)) == 0
        for name, expected in written(one).items():
            column, _, place = name.partition("[")
            whole = found[f"{column}[{sample}, {place}" if place else name]
            full = whole if ending == "csv" else whole[sample]
            np.testing.assert_allclose(full, expected, rtol=0, atol=1e-5, err_msg=name)


def test_all_samples_are_those_of_a_batch(tmp_path: Path, capsys: Capture) -> None:
    out = ("--all-samples", "-o", str(tmp_path / "out.npz"))
    said = complaint(capsys, "trace", ADDITION, *out)
    assert "takes a batch of 3 axes; this has shape (32, 2)" in said
    np.save(tmp_path / "xs.npy", np.zeros((3, 9, 2)))
    batch = (str(tmp_path / "xs.npy"), "--weights", WEIGHTS)
    said = complaint(capsys, "trace", *batch, "--sample", "1", *out)
    assert "--sample picks one sequence of a batch, --all-samples writes them all" in said
    assert not (tmp_path / "out.npz").exists()

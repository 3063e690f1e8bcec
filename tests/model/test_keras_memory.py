"""HDF5 files whose texts claim to be huge: one line, exit 2, and bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rnnstep.weights.keras.allowance import allowance
from tests.cli.test_command import ADDITION
from tests.model.test_keras_files import START, WEIGHTS, config_of, lstm
from tests.peak import SOURCE

h5py = pytest.importorskip("h5py")

TEXTS = {
    "keras_version": "2.15.0",
    "model_config": json.dumps(config_of(START, lstm())),
    "layer_names": "lstm",
}
LARGE = 2**30
MOST = 600 * 2**20
"""Bytes at the peak: python, numpy, and what is allowed to one attribute."""

# a limit twice as high as what is asked for spares the machine where the test fails
CHILD = SOURCE + textwrap.dedent("""
    import resource, sys
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    from rnnstep.__main__ import main
    try:
        main()
    finally:
        print(peak())
""")


def written(path: Path) -> bytearray:
    with h5py.File(path, "w") as file:
        for name, text in TEXTS.items():
            file.attrs[name] = text
        for name, array in WEIGHTS.items():
            file[name] = array
    return bytearray(path.read_bytes())


def element(data: bytearray, text: str) -> int:
    """Where an attribute says its text's length, before the heap's address and its place there."""
    heap = data.index(b"GCOL")
    return data.index(len(text).to_bytes(4, "little") + heap.to_bytes(8, "little"))


def told(path: Path) -> tuple[str, int]:
    """The line of a refusal, and the bytes at the peak."""
    command = [sys.executable, "-c", CHILD, "print", ADDITION, "--weights", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"rnnstep: error: {path}")
    assert done.stderr.count("\n") == 1
    return done.stderr, int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="no limit on address space is kept there")
@pytest.mark.parametrize("astray", [False, True])
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_claims_to_be_huge(tmp_path: Path, name: str, astray: bool) -> None:
    path = tmp_path / "m.h5"
    data = written(path)
    place = element(data, TEXTS[name])
    data[place : place + 4] = LARGE.to_bytes(4, "little")
    if astray:
        data[place + 4 : place + 12] = (96).to_bytes(8, "little")
    path.write_bytes(data)
    line, peak = told(path)
    assert "not an HDF5 file, or damaged" in line
    assert peak < MOST


def test_a_heap_whose_text_claims_to_be_huge(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    data = written(path)
    size = data.index(b"GCOL") + 16 + 8
    data[size : size + 8] = LARGE.to_bytes(8, "little")
    path.write_bytes(data)
    line, peak = told(path)
    assert "a heap of texts" in line
    assert peak < MOST


@pytest.mark.skipif(sys.platform != "linux", reason="no limit on address space is kept there")
def test_an_allowance_ends_with_its_block() -> None:
    with pytest.raises(MemoryError), allowance(64 * 2**20):
        bytearray(LARGE)
    assert len(bytearray(128 * 2**20)) == 128 * 2**20

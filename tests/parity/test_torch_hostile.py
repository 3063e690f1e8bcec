"""Files of PyTorch that are damaged, or odd: opened, or refused in one line."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rnnstep
from tests.parity.torch_damage import (
    PICKLE,
    members,
    mutated,
    opened,
    refused,
    saved,
    scripted,
    zipped,
)

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

KINDS: dict[str, Callable[[Path, random.Random], None]] = {}


def kind(make: Callable[[Path, random.Random], None]) -> Callable[[Path, random.Random], None]:
    KINDS[make.__name__] = make
    return make


@kind
def whole_file(path: Path, dice: random.Random) -> None:
    path.write_bytes(mutated(saved(), dice))


@kind
def older_file(path: Path, dice: random.Random) -> None:
    path.write_bytes(mutated(saved(older=True), dice))


@kind
def pickle_alone(path: Path, dice: random.Random) -> None:
    """With right checksums, so that the pickle itself is reached."""
    found = members(saved())
    zipped(found | {PICKLE: mutated(found[PICKLE], dice)}, path)


@kind
def script(path: Path, dice: random.Random) -> None:
    found = members(scripted())
    name = dice.choice([PICKLE, PICKLE, *sorted(name for name in found if found[name])])
    zipped(found | {name: mutated(found[name], dice)}, path)


@pytest.mark.parametrize("what", KINDS)
def test_four_hundred_mutations_are_opened_or_refused(what: str, tmp_path: Path) -> None:
    dice = random.Random(what)
    path = tmp_path / ("m.jit" if what == "script" else "m.pt")
    count = 0
    for _ in range(400):
        KINDS[what](path, dice)
        count += opened(path)
    # some change numbers alone; most break the file
    assert count < 300


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    for older in (False, True):
        data = saved(older=older)
        for size in sorted({*range(0, len(data), len(data) // 60), len(data) - 1}):
            path.write_bytes(data[:size])
            assert refused(path)


def test_odd_names_are_shown_in_one_line(tmp_path: Path) -> None:
    state: dict[Any, Any] = dict(torch.nn.GRU(3, 2).state_dict())
    state["a\nb\x1b[31m.weight"] = torch.ones(2)
    state[7] = torch.ones(3)
    state[(1, 2)] = torch.ones(4)
    state[None] = torch.ones(5)
    torch.save(state, tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt")
    notes = "".join(map(str, model.notes))
    assert notes.isprintable()
    assert "a␊b␛[31m.weight, 7" in notes
    assert "2 tensors under keys that are no text" in notes


def test_files_that_are_something_else(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    for data in (b"", b"PK", b"hello", b"version https://git-lfs.github.com/spec/v1\n", b"\x80"):
        path.write_bytes(data)
        assert refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "text")
    assert "not one that torch.save wrote" in refused(path)

"""Files of PyTorch that are made to do harm: refused in one line, and nothing of them is run."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rnnstep
from tests.parity.torch_damage import PICKLE, limited, members, opened, refused, saved, zipped

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def bombs(command: str) -> Iterator[tuple[str, bytes]]:
    """Files that would run a command if their pickle was loaded."""
    for name, held in {"alone": Bomb(command), "beside": {"a.weight": Bomb(command)}}.items():
        for older in (False, True):
            file = io.BytesIO()
            torch.save(held, file, _use_new_zipfile_serialization=not older)
            yield f"{name}{older}", file.getvalue()
    yield "plain", pickle.dumps(Bomb(command))
    found = members(saved())
    # at the end of a good pickle, and before it
    bomb = pickle.dumps(Bomb(command), protocol=2)
    for name, data in {
        "after": found[PICKLE][:-1] + bomb[2:],
        "before": bomb[:-1] + b"0" + found[PICKLE][2:],
    }.items():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for member, content in (found | {PICKLE: data}).items():
                archive.writestr(member, content)
        yield name, file.getvalue()


def test_a_pickle_bomb_does_not_go_off(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    tried = 0
    for name, data in bombs(f"touch {mark}"):
        for ending in ("pt", "pth", "jit"):
            path = tmp_path / f"{name}.{ending}"
            path.write_bytes(data)
            opened(path)
            tried += 1
    assert tried == 21
    assert not mark.exists()
    # the bombs are real
    pickle.loads(next(data for name, data in bombs(f"touch {mark}") if name == "plain"))
    assert mark.exists()


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def test_sizes_that_the_file_does_not_have_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    found = members(saved(torch.nn.Linear(3, 2, bias=False)))
    good = found[PICKLE]
    assert good.count(b"K\x06") == 1
    zipped(found | {PICKLE: good.replace(b"K\x06", number(2**31 - 1))}, path)
    assert "storage '0' should have 8,589,934,588 bytes" in refused(path)
    # two rows of three become many rows of the same three numbers
    huge = good.replace(b"K\x02K\x03\x86", number(10**8) + b"K\x03\x86")
    assert huge != good
    zipped(found | {PICKLE: huge}, path)
    assert "reaches beyond its numbers" in refused(path)
    strides = huge.replace(b"K\x03K\x01\x86", b"K\x00K\x01\x86")
    assert strides != huge
    zipped(found | {PICKLE: strides}, path)
    assert "its expanded tensors would take 1,200,000,000 bytes" in refused(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    found = members(saved())
    zipped(found | {"m/data/9": bytes(2**27)}, tmp_path / "m.pt", zipfile.ZIP_DEFLATED)
    assert "zip bomb" in refused(tmp_path / "m.pt")


def test_a_compressed_archive_is_read_as_what_it_unpacks_to(tmp_path: Path) -> None:
    module = torch.nn.Linear(300, 200)
    zipped(members(saved(module)), tmp_path / "m.pt", zipfile.ZIP_DEFLATED)
    weights = rnnstep.load_model(tmp_path / "m.pt").layers[0].weights
    assert (weights["W"] == module.weight.detach().numpy()).all()


def hostile_pickles() -> dict[str, bytes]:
    start, many = b"\x80\x02", 100_000
    return {
        "tuples in tuples as a key": start + b"}K\x01" + b"\x85" * many + b"K\x01s.",
        "lists in lists": start + b"]" * many + b"a" * (many - 1) + b".",
        "a text longer than the file": start + b"X\xff\xff\xff\x7fabc.",
        "a memo of its own": start + b"}r\xff\xff\xff\x7f.",
        "much memory": start + b"cbuiltins\nbytearray\n\x8a\x06\x00\x00\x00\x00\x00\x01\x85R.",
        "a tensor of nothing": start + b"ctorch\nFloatTensor\n\x8a\x05\x00\x00\x00\x00\x40\x85R.",
        "doubled again and again": start + b"K\x01\x85" + b"2\x86" * 45 + b".",
        "dicts of the same dicts": start
        + b"}q\x00"
        + b"".join(
            b"}(X\x01\x00\x00\x00ah%cX\x01\x00\x00\x00bh%cuq%c" % (n, n, n + 1) for n in range(60)
        )
        + b".",
    }


@pytest.mark.parametrize("what", hostile_pickles())
def test_a_hostile_pickle_takes_neither_time_nor_memory(what: str, tmp_path: Path) -> None:
    """In a process of its own, with little memory: the wrong end of some of these is a crash."""
    path = tmp_path / "m.pt"
    zipped(members(saved()) | {PICKLE: hostile_pickles()[what]}, path)
    assert limited(path).startswith("refused: ")


def test_an_older_file_that_says_it_is_huge_takes_no_memory(tmp_path: Path) -> None:
    data = saved(older=True)
    place = data.index(b"X\x0c\x00\x00\x00weight_ih_l0")
    (tmp_path / "m.pt").write_bytes(data[: place + 1] + b"\xff\xff\xff\xff" + data[place + 5 :])
    assert "its pickle is damaged" in limited(tmp_path / "m.pt")

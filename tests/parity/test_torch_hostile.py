"""Files of PyTorch that are damaged, or made to do harm: one line, and nothing of them is run."""

from __future__ import annotations

import io
import os
import pickle
import random
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import rnnstep
from rnnstep.errors import InputError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

PICKLE = "m/data.pkl"


@cache
def lstm() -> Any:
    torch.manual_seed(0)
    return torch.nn.LSTM(3, 2, bidirectional=True)


@cache
def saved(module: Any = None, older: bool = False) -> bytes:
    held = io.BytesIO()
    state = (module or lstm()).state_dict()
    torch.save(state, held, _use_new_zipfile_serialization=not older)
    return held.getvalue()


@cache
def scripted() -> bytes:
    held = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.RNN(2, 2)), held)
    return held.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {f"m/{n.partition('/')[2]}": archive.read(n) for n in archive.namelist()}


def zipped(found: dict[str, bytes], path: Path, how: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in found.items():
            archive.writestr(name, data)


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        rnnstep.load_model(path)
    assert "\n" not in str(error.value)
    assert str(error.value).isprintable()
    return str(error.value)


def opened(path: Path) -> bool:
    """Whether a file can be opened; if not, it must be refused in one line."""
    try:
        rnnstep.load_model(path)
    except InputError as error:
        assert "\n" not in str(error), str(error)
        return False
    return True


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, left out or put in twice, or the end cut off."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        if not changed:
            break
        place = dice.randrange(len(changed))
        match dice.randrange(5):
            case 0:
                changed[place] = dice.randrange(256)
            case 1:
                changed[place] ^= 1 << dice.randrange(8)
            case 2:
                del changed[place : place + dice.randrange(1, 9)]
            case 3:
                changed[place:place] = changed[place : place + dice.randrange(1, 9)]
            case _:
                changed[place] = dice.choice(b"\x00\xff\x80cRbQ.}](tquh\x8a")
    if changed and dice.random() < 0.1:
        del changed[dice.randrange(len(changed)) :]
    return bytes(changed)


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


LIMIT = 3 * 2**30


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
    code = (
        "import sys, rnnstep\n"
        "try: rnnstep.load_model(sys.argv[1])\n"
        "except rnnstep.InputError as error: print('refused:', error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT)),
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.startswith("refused: ")
    assert done.stdout.count("\n") == 1


def test_an_older_file_that_says_it_is_huge_takes_no_memory(tmp_path: Path) -> None:
    data = saved(older=True)
    place = data.index(b"X\x0c\x00\x00\x00weight_ih_l0")
    (tmp_path / "m.pt").write_bytes(data[: place + 1] + b"\xff\xff\xff\xff" + data[place + 5 :])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2 * LIMIT, before[1]))
    try:
        assert "its pickle is damaged" in refused(tmp_path / "m.pt")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


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

"""Files of PyTorch to be damaged, and what opening them may end in."""

from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import rnnstep
from rnnstep.errors import InputError

PICKLE = "m/data.pkl"
LIMIT = 3 * 2**30
"""Bytes of memory for a process that opens a hostile file; torch alone takes half of it."""


@cache
def lstm() -> Any:
    import torch

    torch.manual_seed(0)
    return torch.nn.LSTM(3, 2, bidirectional=True)


@cache
def saved(module: Any = None, older: bool = False) -> bytes:
    import torch

    held = io.BytesIO()
    state = (module or lstm()).state_dict()
    torch.save(state, held, _use_new_zipfile_serialization=not older)
    return held.getvalue()


@cache
def scripted() -> bytes:
    import torch

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


def limited(path: Path) -> str:
    """What opening a file says in a process of its own, with little memory."""
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
    assert done.stdout.count("\n") == 1
    return done.stdout

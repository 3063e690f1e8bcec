"""Runs of a few timesteps that are as many blocks as long ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rnnstep import blocks

_USUAL = {name: vars(blocks)[name] for name in ("_LONGEST", "_SHORTEST", "_LONGEST_COMPILED")}


@pytest.fixture(autouse=True, scope="package")
def short_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnstep.blocks._LONGEST", 4)
        patch.setattr("rnnstep.blocks._SHORTEST", 4)
        yield


@pytest.fixture
def usual_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks as long as those of users."""
    for name, length in _USUAL.items():
        monkeypatch.setattr(blocks, name, length)

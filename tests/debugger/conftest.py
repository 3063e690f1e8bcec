"""Runs of a few timesteps that are as many blocks, and as many chunks, as long ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def short_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnstep.blocks._LONGEST", 4)
        patch.setattr("rnnstep.blocks._LONGEST_COMPILED", 8)
        patch.setattr("rnnstep.blocks._SHORTEST", 4)
        yield

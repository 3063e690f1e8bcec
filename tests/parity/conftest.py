"""Fixtures of the tests beside other ways to compute the same."""

from __future__ import annotations

import pytest


@pytest.fixture
def compiled_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short runs, too, and each from its second block on."""
    monkeypatch.setattr("rnnstep.program.fast.PAYS", -1.0)
    monkeypatch.setattr("rnnstep.program.fast.AFTER", 1)
    monkeypatch.setattr("rnnstep.blocks._LONGEST", 8)
    monkeypatch.setattr("rnnstep.blocks._LONGEST_COMPILED", 16)

"""Whole screens as pictures: ``pytest tests/tui --snapshot-update`` takes them anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from tests.tui.conftest import MakeApp, settled

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of many colours, whichever the tests are run in; nothing on it moves."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    # textual reads TEXTUAL_COLOR_SYSTEM and TEXTUAL_ANIMATIONS once, when it is imported
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")


def pressed(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys, and wait until their frame has come."""

    async def run(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Debugger)
        await pilot.press(*keys)
        await settled(pilot)
        assert app.frame is not None
        assert app.frame.cursor == app.session.cursor

    return run


def test_addition_on_a_large_terminal(snap_compare: Compare, make_app: MakeApp) -> None:
    keys = pressed("8", "g", "j", "J")
    assert snap_compare(make_app(), run_before=keys, terminal_size=(120, 40))


def test_brackets_on_80_by_24(snap_compare: Compare, make_app: MakeApp) -> None:
    keys = pressed("7", "g", "1", "6", "j", "J")
    assert snap_compare(make_app("brackets"), run_before=keys, terminal_size=(80, 24))


def test_the_help_page(snap_compare: Compare, make_app: MakeApp) -> None:
    keys = pressed("question_mark")
    assert snap_compare(make_app(), run_before=keys, terminal_size=(100, 50))


def test_marks_of_what_is_no_finite_number(snap_compare: Compare, tmp_path: Path) -> None:
    xs = np.array(np.load(sample("addition")))
    xs[3, 0], xs[5, 1] = np.inf, np.nan
    np.save(tmp_path / "seq.npy", xs)
    weights = sample("addition").with_name("seq.weights.npz")
    app = Debugger(open_session(tmp_path / "seq.npy", weights=weights))
    keys = pressed("5", "g", "v")
    assert snap_compare(app, run_before=keys, terminal_size=(120, 40))

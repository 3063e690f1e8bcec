"""The panels: which has the focus and the room, and what part of it is in view."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Operation, Timeline
from tests.tui.conftest import MakeApp, drive, pressed, settled, typed


def shown(app: Debugger) -> list[str | None]:
    return [panel.id for panel in app.main.query(Panel) if panel.size.area]


def test_zoom_shows_one_panel_and_escape_all(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> tuple[list[str | None], int]:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("shift+tab", "z")
            await settled(pilot)
            alone = shown(app)
            await pilot.press("escape")
            await settled(pilot)
            return alone, len(shown(app))

    assert asyncio.run(run()) == (["values"], 5)


@pytest.mark.parametrize(
    ("keys", "panel", "size"),
    [
        (["z"], "operation", (120, 40)),
        (["z", "tab"], "inside", (120, 40)),
        (["z", "tab", "tab"], "timeline", (120, 40)),
        (["z", "shift+tab"], "values", (120, 40)),
        (["shift+tab", "z"], "values", (120, 40)),
        (["colon", *typed("next_panel"), "z"], "inside", (120, 40)),
        (["z"], "operation", (80, 24)),
        (["z", "tab"], "inside", (80, 24)),
        (["z", "tab", "tab"], "timeline", (80, 24)),
        (["z", "shift+tab"], "values", (80, 24)),
        (["tab", "z"], "timeline", (80, 24)),
    ],
)
def test_the_panel_in_focus_has_the_room(
    make_app: MakeApp, keys: list[str], panel: str, size: tuple[int, int]
) -> None:
    app = make_app()
    assert drive(app, *keys, see=lambda: shown(app), size=size) == [panel]


def test_tab_goes_round_the_panels_that_are_shown(make_app: MakeApp) -> None:
    app = make_app()

    async def run() -> list[str | None]:
        seen = []
        async with app.run_test(size=(80, 24)) as pilot:
            for _ in range(4):
                await settled(pilot)
                seen.append(app.focused.id if app.focused else None)
                await pilot.press("tab")
        return seen

    assert asyncio.run(run()) == ["operation", "timeline", "equations", "operation"]


def test_the_timeline_goes_back_to_what_fits(make_app: MakeApp) -> None:
    assert pressed(make_app(), "plus").view.timeline_zoom is not None
    assert pressed(make_app(), "plus", "f").view.timeline_zoom is None


def test_the_timeline_is_not_zoomed_out_beyond_the_whole_run(make_app: MakeApp) -> None:
    app = make_app()
    said = drive(app, "minus", see=lambda: app.query_one(NoteBar).said)
    assert said == "the timeline shows all timesteps"
    assert app.view.timeline_zoom is None


def test_a_run_of_200_000_timesteps_can_be_seen_whole(tmp_path: Path) -> None:
    path = tmp_path / "seq.npy"
    np.save(path, np.zeros((200_000, 2), np.float32))
    app = Debugger(open_session(path, weights=sample("addition").with_name("seq.weights.npz")))

    def blocks(*place: Any) -> np.ndarray:
        """In place of the run's, which take long."""
        return np.zeros((place[-1] - place[-2], 5), np.float32)

    app.session.history.blocks = blocks  # type: ignore[method-assign, assignment]

    def seen() -> tuple[int, bool, str]:
        drawing = app.query_one(Timeline)._drawn()
        assert drawing is not None
        whole = drawing.targets[0]
        assert app.view.timeline_zoom is not None
        covered = whole.columns * whole.block  # type: ignore[attr-defined]
        return whole.first, covered >= 200_000, app.query_one(NoteBar).said  # type: ignore[attr-defined]

    keys = ["minus"] * 20
    assert drive(app, *keys, see=seen) == (0, True, "the timeline shows all timesteps")


def columns(app: Debugger) -> range:
    return app.query_one(Operation).columns(app.session.frame(), app.view)[0]


def test_the_columns_of_a_wide_matrix_are_paged_through(make_app: MakeApp) -> None:
    app = make_app("question")
    right, left = "right_parenthesis", "left_parenthesis"

    async def run() -> list[range]:
        seen = []
        async with app.run_test(size=(120, 40)) as pilot:
            for keys in (["j", "d"], [right], [left], [right] * 50):
                await pilot.press(*keys)
                await settled(pilot)
                seen.append(columns(app))
        return seen

    first, second, back, last = asyncio.run(run())
    assert (first.start, back) == (0, first)
    assert len(first) < 100
    assert second == range(first.stop, 2 * first.stop)
    assert (last.stop, len(last)) == (100, len(first))


def test_the_caption_says_which_columns(make_app: MakeApp) -> None:
    app = make_app("question")

    def seen() -> tuple[range, str]:
        return columns(app), str(app.query_one(Operation).border_subtitle)

    pages, caption = drive(app, "j", "d", "right_parenthesis", see=seen)
    assert f"columns {pages.start}–{pages.stop - 1} of 100" in caption


def test_where_all_columns_are_shown_that_is_said(make_app: MakeApp) -> None:
    app = make_app()
    said = drive(app, "right_parenthesis", see=lambda: app.query_one(NoteBar).said)
    assert said == "all columns are shown"
    assert app.view.column == 0

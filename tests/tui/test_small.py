"""Screens with little room: what is needed most goes last."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from rnnstep.breaks.presets import PRESETS
from rnnstep.session import Session
from rnnstep.tui.app import Debugger
from rnnstep.tui.panel import Panel
from tests.tui.conftest import MakeApp, drive, text_of


def busy(session: Session) -> None:
    """All that a title may tell of."""
    session.edit("set h_t[3] = 0")
    session.add_break("h_t[0] > 0")
    session.add_break(PRESETS[0].name)
    session.toggle_play()


@pytest.mark.parametrize("columns", range(6, 80, 3))
def test_the_timestep_is_the_last_that_goes(make_app: MakeApp, columns: int) -> None:
    app = make_app()
    app.session.goto(12)
    busy(app.session)
    seen = drive(app, see=lambda: text_of(app)[0], size=(columns, 8))
    assert "t 12" in seen or f"t {app.session.cursor.t}" in seen


def test_what_goes_first_is_needed_least(make_app: MakeApp) -> None:
    app = make_app()
    busy(app.session)
    app.session.pause()
    assert "fork 1 of 1  ● 2 breakpoints  t 0 / 31  2^0" in drive(
        app, see=lambda: text_of(app)[0], size=(80, 8)
    )
    for columns, seen in (
        (40, "fork 1 of 1  t 0 / 31  2^0"),
        (20, "t 0 / 31  2^0"),
        (12, "t 0 / 31"),
    ):
        app = make_app()
        busy(app.session)
        app.session.pause()
        shown = drive(app, see=lambda app=app: text_of(app)[0], size=(columns, 8))  # type: ignore[misc]
        assert shown.rstrip().endswith(seen)
        assert "breakpoint" not in shown


def shown(app: Debugger) -> set[str]:
    return {str(panel.id) for panel in app.main.query(Panel) if panel.size.area}


def test_the_watches_go_before_the_timeline(make_app: MakeApp) -> None:
    for size, there in (
        ((60, 18), {"timeline", "watches"}),
        ((60, 15), {"timeline"}),
        ((60, 12), set()),
    ):
        app = make_app()
        app.session.add_watch("norm(h_t)")
        panels = drive(app, see=lambda app=app: shown(app), size=size)  # type: ignore[misc]
        assert panels & {"timeline", "watches"} == there
        assert {"equations", "operation"} <= panels


def test_watches_have_the_whole_screen_if_that_is_wanted(make_app: MakeApp) -> None:
    app = make_app()
    app.session.add_watch("norm(h_t)")

    async def zoom(_: Pilot[None]) -> None:
        app.shows.to_panel(app.main.query_one("#watches", Panel))
        app.choose(zoomed="watches")

    height = drive(app, zoom, see=lambda: app.main.query_one("#watches").size.height)
    assert height > 30

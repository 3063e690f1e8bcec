"""The mouse: what a click, a drag and the other buttons do."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot

from rnnstep.frame import Cursor
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.panels import Timeline, Values
from tests.tui.conftest import MakeApp, drive, pressed


def column(app: Debugger, t: int) -> int:
    """Where the timestep is, the panel's border included."""
    shown = app.query_one(Timeline)._drawn()
    assert shown is not None
    return next(x for x in range(99) if shown.targets[0].timestep(x) == t and x > 5) + 1  # type: ignore[attr-defined]


async def click(pilot: Pilot[None], t: int, row: int, button: int = 1) -> None:
    assert isinstance(pilot.app, Debugger)
    await pilot.click("#timeline", (column(pilot.app, t), row + 1), button=button)


def test_a_click_on_the_timeline_takes_the_timestep_and_the_unit(make_app: MakeApp) -> None:
    app = pressed(make_app(), lambda pilot: click(pilot, 9, 3))
    assert app.session.cursor == Cursor(t=9, unit=3)


def test_a_click_on_the_axis_takes_the_timestep_alone(make_app: MakeApp) -> None:
    app = pressed(make_app(), "J", lambda pilot: click(pilot, 9, 5))
    assert app.session.cursor == Cursor(t=9, unit=1)


def test_a_click_on_a_label_takes_the_unit_alone(make_app: MakeApp) -> None:
    app = pressed(make_app(), "l", lambda pilot: pilot.click("#timeline", (2, 3)))
    assert app.session.cursor == Cursor(t=1, unit=2)


def test_where_lines_hold_two_units_the_upper_one_is_taken(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    app = make_app("question")
    height = drive(
        app,
        lambda pilot: pilot.click("#timeline", (1, 2)),
        see=lambda: app.query_one(Timeline).size.height,
    )
    rows = 2 * (height - 1)
    assert app.view.coloured
    assert app.session.cursor.unit == 2 * 100 // rows


@pytest.mark.parametrize("button", [2, 3])
def test_other_buttons_move_nothing(make_app: MakeApp, button: int) -> None:
    app = pressed(make_app(), lambda pilot: click(pilot, 9, 3, button))
    assert app.session.cursor == Cursor()


def test_a_drag_moves_time_and_leaves_the_unit(make_app: MakeApp) -> None:
    app = make_app()

    async def drag(pilot: Pilot[None]) -> None:
        panel = app.query_one(Timeline)
        start, *way = [(column(app, t), row + 1) for t, row in ((3, 1), (5, 2), (7, 3))]
        await pilot.mouse_down("#timeline", start)
        for x, y in way:
            at = panel.region.x + x, panel.region.y + y
            panel.post_message(events.MouseMove(panel, x, y, 1, 0, 1, False, False, False, *at))
            await pilot.pause()
        await pilot.mouse_up("#timeline", way[-1])

    pressed(app, drag)
    assert app.session.cursor == Cursor(t=7)


@pytest.mark.parametrize(
    ("row", "said"),
    [(0, "xₜ is the input: no line makes it"), (1, "hₜ₋₁ is hₜ of the timestep before")],
)
def test_a_value_that_no_line_makes_is_explained(make_app: MakeApp, row: int, said: str) -> None:
    app = make_app()

    def seen() -> tuple[str, Cursor]:
        return app.query_one(NoteBar).said, app.session.cursor

    note = drive(app, "5", "l", lambda pilot: pilot.click("#values", (3, row + 1)), see=seen)
    assert note == (said, Cursor(t=5))


def test_a_click_on_a_value_goes_to_its_line_and_its_panel(make_app: MakeApp) -> None:
    app = make_app()
    click_on_a = lambda pilot: pilot.click("#values", (3, 5))  # noqa: E731
    assert drive(app, click_on_a, see=lambda: app.focused is app.query_one(Values))
    assert app.session.cursor.line == 2

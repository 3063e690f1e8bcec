"""Inside a number: the chosen term, and the ways in and out."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Inside
from tests.tui.conftest import MakeApp, drive, enter, pressed

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def marked(app: Debugger) -> list[str]:
    """The lines of the panel that stand out."""
    panel = app.query_one(Inside)
    strips = [panel.render_line(y) for y in range(panel.size.height)]
    reverse = [any(s.style is not None and s.style.reverse for s in strip) for strip in strips]
    lines = ["".join(s.text for s in strip) for strip in strips]
    return [line.strip() for line, stands_out in zip(lines, reverse, strict=True) if stands_out]


def term(app: Debugger) -> int:
    return app.view.term_of(app.session.cursor)


@SIZES
def test_enter_marks_the_largest_term_and_down_the_next(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    seen: list[list[str]] = []

    async def both(pilot: Pilot[None]) -> None:
        await enter(pilot, "8", "g", "j", "enter")
        seen.append(marked(app))
        await enter(pilot, "down")
        seen.append(marked(app))

    pressed(app, both, size=size)
    first, second = seen
    assert len(first) == len(second) == 1
    assert "×" in first[0]
    assert "×" in second[0]
    assert first != second
    assert app.session.cursor.line == 1


def test_the_mark_stays_in_view_among_more_terms_than_lines(make_app: MakeApp) -> None:
    app = make_app("question")
    keys = ["3", "g", "j", "enter", "6", "0", "down"]
    lines = drive(app, *keys, see=lambda: marked(app), size=(80, 24))
    assert term(app) == 60
    assert len(lines) == 1
    assert "×" in lines[0]


def test_the_bar_of_a_marked_term_keeps_its_colour(make_app: MakeApp) -> None:
    app = make_app()

    def seen() -> list[bool]:
        panel = app.query_one(Inside)
        strips = [panel.render_line(y) for y in range(panel.size.height)]
        bars = [s for strip in strips for s in strip if s.text and not s.text.strip("█")]
        return [bool(bar.style and bar.style.reverse) for bar in bars]

    bars = drive(app, "8", "g", "j", "enter", see=seen)
    assert bars
    assert not any(bars)


def test_no_term_is_marked_outside(make_app: MakeApp) -> None:
    app = make_app()
    assert drive(app, "j", "enter", "escape", see=lambda: marked(app)) == []


@SIZES
def test_the_keys_that_lead_out(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        for key in ("escape", "tab", "shift+tab"):
            app.session = open_session(sample("addition"))
            await enter(pilot, "j", "enter")
            assert app.view.inside
            await enter(pilot, key, "down")
            assert not app.view.inside, key
            assert app.session.cursor.line == 2, key

    pressed(app, all_keys, size=size)


def test_a_click_into_another_panel_leads_out(make_app: MakeApp) -> None:
    app = pressed(make_app(), "j", "enter", lambda pilot: pilot.click("#values", (3, 8)))
    assert not app.view.inside


def test_a_click_on_a_term_chooses_it(make_app: MakeApp) -> None:
    app = pressed(make_app(), "j", lambda pilot: pilot.click("#inside", (3, 3)), "down")
    assert app.view.inside
    assert term(app) == 3


def test_where_there_is_no_product_the_line_moves(make_app: MakeApp) -> None:
    app = pressed(make_app(), "2", "j", "enter", "down")
    assert app.session.cursor.line == 3


def test_before_the_first_timestep_the_line_moves(make_app: MakeApp) -> None:
    app = pressed(make_app(), "left", "enter", "down")
    assert app.session.cursor.line == 1


@pytest.mark.parametrize("keys", [["J"], ["escape", "k"], ["pagedown"]])
def test_another_number_starts_at_its_largest_term(make_app: MakeApp, keys: list[str]) -> None:
    app = make_app()

    async def on_the_third(pilot: Pilot[None]) -> None:
        await enter(pilot, "j", "enter", "down", "down")
        assert term(app) == 2

    pressed(app, on_the_third, *keys)
    assert term(app) == 0


def test_another_timestep_keeps_the_term(make_app: MakeApp) -> None:
    assert term(pressed(make_app(), "j", "enter", "down", "right")) == 1


@pytest.mark.parametrize(
    ("panel", "moved"), [("timeline", "t"), ("equations", "line"), ("operation", "unit")]
)
def test_the_wheel_acts_on_the_panel_under_it(make_app: MakeApp, panel: str, moved: str) -> None:
    app = make_app()

    async def turn(_: object) -> None:
        found = app.query_one(f"#{panel}", Panel)
        found.post_message(Panel.Turned(found, 1))

    pressed(app, "j", "enter", turn)
    before = {"t": 0, "line": 1, "unit": 0}
    after = {name: getattr(app.session.cursor, name) for name in before}
    assert after == {**before, moved: before[moved] + 1}
    assert term(app) == 0


def test_the_wheel_over_a_number_goes_over_its_terms(make_app: MakeApp) -> None:
    app = make_app()

    async def turn(_: object) -> None:
        found = app.query_one(Inside)
        found.post_message(Panel.Turned(found, 1))

    pressed(app, "j", turn)
    assert (term(app), app.session.cursor.line) == (1, 1)

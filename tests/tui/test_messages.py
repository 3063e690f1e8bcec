"""All that is said stands in the line of notes, whole, and covers nothing."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from rnnstep.tui.app import Debugger
from rnnstep.tui.keybar import KeyBar
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.panel import Panel
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, settled, text_of, typed

SIZES = [(80, 24), (120, 40), (200, 50)]


def uncovered(app: Debugger) -> None:
    """No panel, and neither bar, has a line in common with what is said."""
    assert not app.query(Toast)
    said = app.main.query_one(NoteBar).region
    assert not any(said.overlaps(one.region) for one in app.main.query(Panel) if one.size.area)
    assert not said.overlaps(app.main.query_one(KeyBar).region)


@pytest.mark.parametrize("size", SIZES)
def test_what_went_wrong_covers_nothing_and_is_read_whole(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    line = "no command 'nonsense'; :help shows all"

    async def wrong(pilot: Pilot[None]) -> None:
        await enter(pilot, "colon", *typed("nonsense"))
        uncovered(app)
        assert any(row.strip() == line for row in text_of(app))
        assert app.main.query_one(NoteBar).has_class("-wrong")
        # until the next key that is no letter of a line
        await enter(pilot, "colon", "x")
        await enter(pilot, "y")
        assert not complaint(app)

    pressed(app, wrong, size=size)


def test_a_mistake_is_said_while_its_line_is_mended(make_app: MakeApp) -> None:
    app = make_app()

    async def wrong(pilot: Pilot[None]) -> None:
        await enter(pilot, "colon", *typed("print t t"))
        uncovered(app)
        await enter(pilot, "backspace", "backspace")
        assert complaint(app)
        await enter(pilot, "enter")
        assert not complaint(app)

    pressed(app, wrong, size=(80, 24))


@pytest.mark.parametrize("size", [(30, 8), *SIZES])
def test_what_an_edit_did_is_read_whole(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()

    async def edit(pilot: Pilot[None]) -> None:
        for key in ("a", "R"):
            await enter(pilot, key)
            uncovered(app)
            bar = app.main.query_one(NoteBar)
            rows = text_of(app)[bar.region.y : bar.region.bottom]
            shown = " ".join(row.strip() for row in rows)
            assert shown == bar.said or size == (30, 8)
            assert bar.size.height <= max(size[1] // 4, 1)
            bar.hush()
            await settled(pilot)
            assert bar.size.height == 1

    pressed(app, edit, size=size)


def test_a_long_message_stays_longer(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()

    def waits() -> list[float]:
        found: list[float] = []
        bar = app.main.query_one(NoteBar)
        monkeypatch.setattr(bar, "set_timer", lambda delay, _: found.append(delay))
        bar.say("short")
        bar.say("long " * 40)
        return found

    short, long = drive(app, see=waits)
    assert long >= 4 * short > 0


def test_ctrl_c_says_the_key_that_quits(make_app: MakeApp) -> None:
    app = make_app()

    async def ctrl_c(pilot: Pilot[None]) -> None:
        await enter(pilot, "ctrl+c")
        assert app.main.query_one(NoteBar).said == "q quits"
        # on a page, too
        await enter(pilot, "i", "ctrl+c")
        assert app.main.query_one(NoteBar).said == "q quits"

    pressed(app, ctrl_c)


def test_what_textual_itself_says_is_said_there(make_app: MakeApp) -> None:
    app = make_app()

    async def notify(pilot: Pilot[None]) -> None:
        app.notify("told by Textual")
        await settled(pilot)
        assert app.main.query_one(NoteBar).said == "told by Textual"
        app.notify("failed", severity="error")
        await settled(pilot)
        assert complaint(app) == "failed"
        uncovered(app)

    pressed(app, notify)

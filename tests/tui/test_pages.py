"""The pages: every action on a line of its own where there is room, and what is below said."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from textual.pilot import Pilot

from rnnstep.commands.keymap import DEFAULT
from rnnstep.commands.table import ACTIONS
from rnnstep.tui.help import HelpPage, Listing
from rnnstep.tui.pages import TextPage
from tests.tui.conftest import MakeApp, drive, enter, text_of


def lines(width: int) -> list[str]:
    console = Console(width=width, file=StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(HelpPage().content())
    return [line.rstrip() for line in capture.get().splitlines()]


def test_no_help_text_is_broken_on_a_screen_of_100_by_50() -> None:
    # nine tenths of the screen, less border, padding and scroll bar
    shown = lines(84)
    groups = {action.group for action in ACTIONS}
    assert len(shown) == len(ACTIONS) + len(groups) + 1
    for action in ACTIONS:
        assert any(action.help in line and f":{action.name}" in line for line in shown)


@pytest.mark.parametrize("width", [50, 66, 86])
def test_a_long_group_title_does_not_widen_the_keys(width: int) -> None:
    shown = lines(width)
    helps = {line.index("timestep") for line in shown if line.startswith(("→", "←"))}
    assert helps == {shown[1].index("timestep")}
    assert cell_len(shown[1][: shown[1].index("one")]) <= 9
    assert max(map(cell_len, shown)) <= width


def test_of_a_text_that_is_too_long_the_beginning_is_shown() -> None:
    text = "\n".join(f"line {number}" for number in range(100_000))
    *shown, last = str(TextPage(text).content()).split("\n")
    assert shown == text.split("\n")[: len(shown)]
    assert 1_000 < len(shown) < 10_000
    assert last.startswith(f"… {100_000 - len(shown):,} more lines: ")
    assert "… 1 more line: " in str(TextPage("x" * 10**6).content())
    assert str(TextPage("a\nb").content()) == "a\nb"


@pytest.mark.parametrize(("size", "more"), [((120, 200), False), ((80, 24), True)])
def test_a_page_that_is_longer_than_the_screen_says_how_to_go_on(
    make_app: MakeApp, size: tuple[int, int], more: bool
) -> None:
    app = make_app()
    seen = drive(app, "question_mark", see=lambda: text_of(app), size=size)
    last = next(line for line in reversed(seen) if "Esc closes" in line)
    assert ("↑ ↓ for more" in last) == more


def test_no_line_of_the_help_is_broken_on_a_screen_of_80_by_24() -> None:
    # the page is as wide as the screen, less border, padding and scroll bar
    shown = lines(74)
    assert len(shown) == len(ACTIONS) + len({action.group for action in ACTIONS}) + 1
    for action in ACTIONS:
        assert any(action.help in line and f":{action.name}" in line for line in shown)


def test_the_help_shows_what_is_looked_for_as_it_is_typed(make_app: MakeApp) -> None:
    app = make_app()

    async def look(pilot: Pilot[None]) -> None:
        await enter(pilot, "question_mark")
        everything = text_of(app)
        # only a letter, and no key of the page
        await enter(pilot, "slash", "q")
        assert len(app.screen_stack) == 2
        await enter(pilot, "backspace", *"gate")
        told = [line for line in text_of(app) if "│ " in line and ":" in line]
        assert any("F3" in line and ":saturation" in line for line in told)
        assert any("F5" in line and ":closed" in line for line in told)
        assert not any(":step" in line for line in told)
        await enter(pilot, "enter")
        assert any("find: gate" in line for line in text_of(app))
        # the window has the keys again, and what was typed stays to be changed
        await enter(pilot, "slash", *"zzz")
        assert any("nothing has that in it" in line for line in text_of(app))
        await enter(pilot, "escape")
        assert text_of(app) == everything
        await enter(pilot, "escape")
        assert len(app.screen_stack) == 1

    drive(app, look, see=lambda: None, size=(80, 24))


def test_a_command_is_found_by_its_key() -> None:
    found = Listing(DEFAULT, "f3").actions
    assert [action.name for action in found] == ["saturation"]

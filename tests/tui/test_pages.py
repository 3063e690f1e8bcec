"""The pages: every action on a line of its own where there is room, and what is below said."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from rnnstep.commands.table import ACTIONS
from rnnstep.tui.pages import HelpPage, TextPage
from tests.tui.conftest import MakeApp, drive, text_of


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

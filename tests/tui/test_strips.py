"""The lines that a panel puts together itself are those that Textual would have."""

from __future__ import annotations

import asyncio

import pytest
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from rnnstep.tui.panel import Panel
from tests.tui.conftest import MakeApp, enter, settled, typed

Cell = tuple[str, Style | None]


def cells(strips: list[Strip]) -> list[list[Cell]]:
    return [[(letter, part.style) for part in strip for letter in part.text] for strip in strips]


def by_textual(panel: Panel) -> list[Strip]:
    panel._styles_cache.clear()
    return Widget.render_lines(panel, Region(0, 0, *panel.outer_size))


async def alike(pilot: Pilot[None]) -> int:
    """Compare all panels; how many there were."""
    await settled(pilot)
    panels = [panel for panel in pilot.app.screen.query(Panel) if panel.size.area]
    for panel in panels:
        whole = Region(0, 0, *panel.outer_size)
        own = panel.render_lines(whole)
        assert all(strip.cell_length == whole.width for strip in own)
        assert cells(own) == cells(by_textual(panel)), panel
        part = Region(3, 1, whole.width - 7, whole.height - 2)
        assert cells(panel.render_lines(part)) == [
            row[3 : 3 + part.width] for row in cells(own)[1:-1]
        ]
    return len(panels)


@pytest.mark.parametrize("variable", ["", "NO_COLOR", "TEXTUAL_FILTERS"])
def test_after_steps_focus_themes_and_sizes(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if variable == "NO_COLOR":
        monkeypatch.setenv(variable, "1")
    elif variable:
        monkeypatch.setattr("textual.constants.FILTERS", "dim")
    app = make_app()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            for keys in (
                [],
                ["right"],
                ["tab"],
                ["right", "down", "J"],
                [":", *typed("theme textual-ansi")],
                ["enter", "down"],
                [":", *typed("theme nord")],
                ["z"],
                ["z", "m", "G"],
            ):
                await enter(pilot, *keys)
                assert await alike(pilot)
            await pilot.resize_terminal(100, 31)
            assert await alike(pilot)

    asyncio.run(run())

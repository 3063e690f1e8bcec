"""The first frame is made once, whatever is taken from the terminal at the start."""

from __future__ import annotations

import gc
from collections import Counter
from threading import Event, current_thread, main_thread
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from rnnstep import Trace
from rnnstep.frame import Frame
from rnnstep.tui.app import Debugger
from rnnstep.tui.look import colours_of, look_of
from rnnstep.tui.panel import Panel
from tests.tui.conftest import MakeApp, drive


def test_the_first_frame_is_published_once(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Frame | None] = []

    def note(_: Debugger, frame: Frame | None) -> None:
        published.append(frame)

    monkeypatch.setattr(Debugger, "watch_frame", note, raising=False)
    app = make_app()
    drive(app, see=lambda: None)
    assert [frame for frame in published if frame is not None] == [app.frame]


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
def test_a_panel_is_never_shown_before_it_is_drawn(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """Else the screen would be sent twice at the start and whenever it gets another size."""
    shown: dict[str, list[str]] = {}
    render_lines = Panel.render_lines

    def note(panel: Panel, crop: Region) -> list[Strip]:
        strips = render_lines(panel, crop)
        text = "".join(strip.text for strip in strips[1:-1]).strip("│ ")
        shown.setdefault(str(panel.id), []).append(text)
        return strips

    monkeypatch.setattr(Panel, "render_lines", note)
    drive(make_app(), see=lambda: None, size=size)
    assert len(shown) == 5
    assert all(texts[0] for texts in shown.values())


def test_the_styles_of_a_panel_are_found_once(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is mounted: neither the room changes them, nor that its screen is shown then."""
    found: Counter[str | None] = Counter()
    apply = Stylesheet.apply

    def note(sheet: Stylesheet, node: DOMNode, **how: Any) -> None:
        found[node.id] += 1
        apply(sheet, node, **how)

    monkeypatch.setattr(Stylesheet, "apply", note)
    drive(make_app(), see=lambda: None, size=(200, 50))
    assert {found[name] for name in ("timeline", "equations", "values", "inside")} == {1}


def test_the_first_frame_has_the_look_of_the_theme(make_app: MakeApp) -> None:
    app = make_app()
    chosen, taken = drive(
        app,
        see=lambda: (
            (app.view.look, app.view.coloured, app.view.dark),
            (look_of(app), colours_of(app), app.current_theme.dark),
        ),
    )
    assert chosen == taken


@pytest.mark.parametrize("compiled", [True, False])
def test_what_a_long_run_needs_is_loaded_beside_the_screen(
    compiled: bool, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, framed = Event(), []
    imported: list[str] = []

    def prepare(_: Trace) -> None:
        framed.append((app.frame is not None, current_thread() is main_thread()))

    def load(app: Debugger) -> None:
        load_all(app)
        ended.set()

    load_all = Debugger._load
    monkeypatch.setattr(Debugger, "_load", load)
    monkeypatch.setattr("rnnstep.tui.app.LOADING", 0.001)
    monkeypatch.setattr(Trace, "compiled", compiled)
    monkeypatch.setattr(Trace, "prepare", prepare)
    app = make_app()

    async def until_it_is_loaded(pilot: Pilot[None]) -> None:
        while not ended.is_set():
            await pilot.pause(0.01)

    monkeypatch.setattr("rnnstep.tui.app.import_module", imported.append)
    drive(app, until_it_is_loaded, see=lambda: None)
    assert imported == ["rnnstep.tui.shows", "rnnstep.tui.mouse"]
    # made by the thread of the screen alone, with the first key
    assert "shows" not in vars(app)
    assert framed == ([(True, False)] if compiled else [])


def test_a_screen_that_a_script_opens_leaves_the_scripts_garbage_alone(make_app: MakeApp) -> None:
    """Frozen, what the script has made so far would never be looked at again."""
    before = gc.get_freeze_count()
    gc.disable()
    try:
        looks = drive(make_app(), "right", see=gc.isenabled)
    finally:
        gc.enable()
    assert (looks, gc.get_freeze_count()) == (False, before)

"""The first frame is made once, whatever is taken from the terminal at the start."""

from __future__ import annotations

from threading import Event, current_thread, main_thread

import pytest

from rnnstep import Trace
from rnnstep.frame import Frame
from rnnstep.tui.app import Debugger
from rnnstep.tui.look import colours_of, look_of
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
    loaded, framed = Event(), []

    def prepare(_: Trace) -> None:
        framed.append((app.frame is not None, current_thread() is main_thread()))
        loaded.set()

    monkeypatch.setattr(Trace, "compiled", compiled)
    monkeypatch.setattr(Trace, "prepare", prepare)
    app = make_app()
    drive(app, see=lambda: None)
    if compiled:
        assert loaded.wait(10)
    assert framed == ([(True, False)] if compiled else [])

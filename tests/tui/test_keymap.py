"""Keys that a reader has chosen: they do what is said, and every place shows them."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from rnnstep.commands.keymap import Keys
from rnnstep.config import Config
from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.plot import PlotPage
from tests.tui.conftest import drive, enter, pressed, text_of, typed

CHOSEN = {
    "step": ("n", "tab"),
    "back": (),
    "next_panel": ("w",),
    "help": ("f1",),
    "quit": ("Q",),
    "plot": ("P",),
    "layers": ("f9",),
    "down": ("e",),
    "mark": ("comma",),
    "notes": ("I",),
}


def app_with(chosen: dict[str, tuple[str, ...]] = CHOSEN) -> Debugger:
    return Debugger(open_session(sample("addition")), Config(keys=Keys(chosen)))


def test_a_chosen_key_does_it_and_the_tables_own_no_longer() -> None:
    app = pressed(app_with(), "n", "n", "right", "l", "left", "q")
    assert app.session.cursor.t == 2
    assert app.is_running or app.return_code is None


def test_tab_is_a_key_as_any_other() -> None:
    app = app_with()

    async def both(pilot: Pilot[None]) -> None:
        focused = app.focused
        await enter(pilot, "tab")
        assert (app.session.cursor.t, app.focused) == (1, focused)
        await enter(pilot, "w")
        assert app.focused is not focused

    pressed(app, both)


def test_the_bar_and_the_help_show_them() -> None:
    app = app_with()

    async def look(pilot: Pilot[None]) -> None:
        bar = text_of(app)[-1]
        assert " n step" in bar
        assert " Q quit" in bar
        assert " back" not in bar
        await enter(pilot, "f1")
        lines = [" ".join(line.split()) for line in text_of(app)]
        assert any("│ n Tab one timestep forward" in line for line in lines)
        assert any("│ , mark this place" in line for line in lines)

    pressed(app, look, size=(120, 60))


@pytest.mark.parametrize("key", ["f1", "I", "P", "f9", "apostrophe"])
def test_a_page_is_closed_by_the_keys_that_were_chosen(key: str) -> None:
    app = app_with()

    async def open_and_close(pilot: Pilot[None]) -> None:
        for closing in (key, "Q", "escape"):
            await enter(pilot, key)
            assert len(app.screen_stack) == 2
            await enter(pilot, "q")
            assert len(app.screen_stack) == 2
            await enter(pilot, closing)
            assert len(app.screen_stack) == 1

    pressed(app, open_and_close)


def test_time_goes_on_over_the_plot_and_a_list_goes_down() -> None:
    app = app_with()

    async def act(pilot: Pilot[None]) -> None:
        await enter(pilot, "P", "n", "n")
        assert isinstance(app.screen, PlotPage)
        assert app.session.cursor.t == 2
        await enter(pilot, "escape", "f9", "e", "enter")
        assert app.session.cursor.layer == 1

    pressed(app, act)


def test_a_chosen_key_is_a_name_on_the_command_line() -> None:
    app = pressed(app_with(), "colon", *typed("n 7"))
    assert app.session.cursor.t == 7


def test_keys_of_one_app_are_not_those_of_another() -> None:
    app_with()
    plain = Debugger(open_session(sample("addition")))
    assert drive(plain, "l", "n", see=lambda: plain.session.cursor.t) == 1


def test_the_key_for_a_mark_asks_for_its_note() -> None:
    app = pressed(app_with(), "n", "comma", *typed("here"), "n", "comma", "enter")
    places = [(known.place.t, known.note) for known in app.session.bookmarks]
    assert places == [(1, "here"), (2, "")]


def test_a_bookmark_is_gone_to_and_taken_away() -> None:
    app = app_with({})

    async def act(pilot: Pilot[None]) -> None:
        await enter(pilot, "8", "g", "J", "colon", *typed("mark carry"), "G")
        assert any("◆" in line for line in text_of(app))
        await enter(pilot, "apostrophe")
        assert any("1: t 8  Wx·xₜ[1] of rnn  carry" in line for line in text_of(app))
        await enter(pilot, "enter")
        assert (app.session.cursor.t, app.session.cursor.unit) == (8, 1)
        await enter(pilot, "apostrophe", "x")
        assert any("no bookmarks" in line for line in text_of(app))
        await enter(pilot, "enter")
        assert app.session.bookmarks == ()
        assert not any("◆" in line for line in text_of(app))

    pressed(app, act)

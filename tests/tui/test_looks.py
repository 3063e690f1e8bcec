"""What the reader chooses of the looks: by key the next, by name the one that is named."""

from __future__ import annotations

from textual.pilot import Pilot

from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.tui.view import LIGHT_MAP
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, typed


def test_views_change_and_come_back(make_app: MakeApp) -> None:
    app = pressed(make_app(), "d", "s", "m", "right_square_bracket", "v", "x")
    assert app.view.mode.value == "numbers"
    assert app.view.scale.value == "step"
    assert app.view.map == COLOUR_MAPS[1]
    assert app.view.precision == 4
    assert app.view.follows
    assert app.view.chosen == {0}


def test_a_look_is_chosen_by_its_name(make_app: MakeApp) -> None:
    words = ["scale matrix", "mode heatmap", "map balance", "theme nord"]
    app = pressed(make_app(), *(key for line in words for key in ("colon", *typed(line))))
    assert app.view.scale.value == "matrix"
    assert app.view.mode.value == "heatmap"
    assert app.view.map == "cmocean:balance"
    assert app.theme == "nord"


def test_a_wrong_name_is_refused_and_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    lines = {
        "scale stp": "no colour scale 'stp'; did you mean 'step'?",
        "mode numbrs": "no mode 'numbrs'; did you mean 'numbers'?",
        "map vk": "no colour map 'vk'; did you mean 'vik'?",
        "theme nrd": "no theme 'nrd'; did you mean 'nord'?",
    }
    mode, scale, theme = app.view.mode, app.view.scale, app.theme

    async def all_lines(pilot: Pilot[None]) -> None:
        for line, said in lines.items():
            await enter(pilot, "colon", *typed(line))
            assert complaint(app) == said
            assert (app.view.mode, app.view.scale, app.theme) == (mode, scale, theme)
            assert app.view.colour_map == ""

    pressed(app, all_lines)


def test_an_error_takes_the_place_of_the_one_before(make_app: MakeApp) -> None:
    app = make_app()
    keys = ["colon", *typed("foo"), "colon", *typed("+-5")]
    told = drive(app, *keys, see=lambda: complaint(app))
    assert told == "no command '+-5'; :help shows all"


def test_zero_is_light_on_a_light_theme_unless_a_map_was_chosen(make_app: MakeApp) -> None:
    app = make_app()
    assert app.view.map == COLOUR_MAPS[0]
    pressed(app, "colon", *typed("theme textual-light"))
    assert app.view.map == LIGHT_MAP
    line = "colon", *typed("map vanimo"), "colon", *typed("theme textual-light")
    assert pressed(make_app(), *line).view.map == "crameri:vanimo"

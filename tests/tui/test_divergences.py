"""The debugger on a run that is not as expected: the error in sight, and a key to each place."""

from __future__ import annotations

import re

import numpy as np
import pytest
from textual.pilot import Pilot

from rnnstep import Session
from rnnstep.check import Comparison, Reference, tolerance_for
from rnnstep.check.expected import from_array
from rnnstep.explaining import Explaining
from rnnstep.render.errors import bar
from rnnstep.tui.app import Debugger
from tests.tui.conftest import MakeApp, complaint, drive, enter, pressed, text_of, typed


def expecting(app: Debugger, right: bool = False) -> Session:
    session = app.session
    h = session.trace.series("rnn/h_t").copy()
    if not right:
        h[9:12, 2] += 0.25
        h[20, 4] -= 0.125
    value = from_array(0, "h_t", np.arange(len(h)), h)
    session.expect(Reference("ref.npy", (value,)), tolerance_for(np.dtype(np.float32)))
    return session


def test_keys_go_from_one_divergence_to_the_next_and_back(make_app: MakeApp) -> None:
    app = make_app()
    session = expecting(app)
    pressed(app, "e")
    assert (session.cursor.t, session.cursor.unit) == (9, 2)
    assert session.frame().equation.name == "h_t"
    app = make_app()
    session = expecting(app)
    pressed(app, "e", "e", "e", "e", "E")
    assert (session.cursor.t, session.cursor.unit) == (11, 2)
    session.goto_divergence(session.cursor.t)
    assert (session.cursor.t, session.cursor.unit) == (20, 4)
    assert session.goto_divergence(20) is None


def test_no_page_covers_the_place_on_a_narrow_screen(make_app: MakeApp) -> None:
    app = make_app()
    expecting(app)
    seen = drive(app, "e", see=lambda: text_of(app), size=(60, 24))
    assert seen[1].startswith("╭─ timeline")
    assert any("t = 9: rnn/h_t[2] is" in line for line in seen)
    assert "…" not in "".join(seen[-4:])


def test_the_error_is_on_the_timeline_and_beside_the_values(make_app: MakeApp) -> None:
    app = make_app()
    expecting(app)
    seen = drive(app, "e", see=lambda: text_of(app))
    assert "✗ wrong from t 9" in seen[0]
    errors = next(line for line in seen if line.startswith("│error"))
    assert [errors.count(sign) for sign in ("·", bar(0.25), bar(0.125))] == [28, 4, 4]
    assert any("│ wanted" in line for line in seen)
    assert any("│ error" in line and "−0.250" in line for line in seen)
    assert any("expected" in line and "error 0.25" in line for line in seen)


def test_what_explains_it_is_a_key_away(make_app: MakeApp) -> None:
    app = make_app()
    session = app.session
    late = np.concatenate([np.zeros((1, 5)), session.trace.series("rnn/h_t")[:-1]])
    value = from_array(0, "h_t", np.arange(len(late)), late)
    session.expect(Reference("late.npy", (value,)), tolerance_for(np.dtype(np.float32)))
    seen = drive(app, "D", see=lambda: text_of(app))
    assert any("EXPLAINED: the values are one timestep late" in line for line in seen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_is_wanted_stands_below_the_number(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    expecting(app)
    seen = drive(app, "e", "enter", see=lambda: text_of(app), size=size)
    number = next(line.partition("╭─ hₜ[2]")[2] for line in seen if "╭─ hₜ[2]" in line)
    below = next(line.rpartition("wanted")[2] for line in seen if ", error " in line)
    got, wanted, error = (
        float(found.replace("−", "-")) for found in re.findall(r"[+−]\d\.\d{3}", number + below)
    )
    assert error == -0.25
    assert wanted == pytest.approx(got + 0.25, abs=2e-3)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_keys_of_an_error_are_shown_while_there_is_one(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    expecting(app)
    shown = drive(app, see=lambda: text_of(app), size=size)[-1]
    assert " e next error " in shown
    assert " D why? " in shown
    app = make_app()
    expecting(app, right=True)
    shown = drive(app, see=lambda: text_of(app), size=size)[-1]
    assert "error" not in shown
    assert "why" not in shown
    app = make_app()
    keys = ["colon", *typed("shadow int8")]
    shown = drive(app, *keys, see=lambda: text_of(app), size=size)[-1]
    assert "why" not in shown
    assert "next error" in shown


def test_a_run_that_is_as_expected_says_so(make_app: MakeApp) -> None:
    app = make_app()
    expecting(app, right=True)
    seen = drive(app, "e", see=lambda: text_of(app))
    assert "✓ as expected" in seen[0]
    assert any("all is as expected after t 0" in line for line in seen)


def test_without_a_reference_the_key_says_how_to_give_one(make_app: MakeApp) -> None:
    app = make_app()
    assert "--expect" in drive(app, "e", see=lambda: complaint(app))


def test_a_fork_is_not_searched_for_what_explains_it(make_app: MakeApp) -> None:
    # what is tried is the run as it was, with other weights, states and inputs
    app = make_app()
    expecting(app)
    keys = ["colon", *typed("set rnn/h_t = 0"), "D"]
    assert "fork 0 goes there" in drive(app, *keys, see=lambda: complaint(app))


def test_a_fork_is_compared_itself(make_app: MakeApp) -> None:
    session = expecting(make_app(), right=True)
    session.trace = session.trace.fork(5, x_t=[1.0, 1.0])
    known = session.comparison
    assert isinstance(known, Comparison)
    assert known.first is not None
    assert known.first.t == 5


def hard_to_explain(app: Debugger) -> Session:
    """A reference that is random: nothing explains it, and all is tried."""
    session = app.session
    h = np.random.default_rng(0).normal(size=session.trace.series("rnn/h_t").shape)
    value = from_array(0, "h_t", np.arange(len(h)), h.astype(np.float32))
    session.expect(Reference("ref.npy", (value,)), tolerance_for(np.dtype(np.float32)))
    return session


def test_the_screen_is_alive_while_more_is_tried_and_a_search_goes_on_where_it_was_left(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 0.0)
    monkeypatch.setattr("rnnstep.tui.searching._PAUSE", 0.01)
    app = make_app()
    session = hard_to_explain(app)

    def tried() -> tuple[int, int]:
        """How many things are done otherwise, and in how many ways, as the screen has it."""
        told = r"(\d) changes?: ([\d,]+) of [\d,]+ tried… any key gives up"
        found = re.search(told, "\n".join(text_of(app)))
        return (int(found[1]), int(found[2].replace(",", ""))) if found else (0, 0)

    async def beyond(pilot: Pilot[None], place: tuple[int, int]) -> None:
        while tried() <= place:
            assert app.shows.going_on, "the search has ended"
            await pilot.pause(0.01)

    async def search(pilot: Pilot[None]) -> None:
        await pilot.press("colon", *typed("explain solve"))
        await beyond(pilot, (1, 5))
        await beyond(pilot, tried())
        await enter(pilot, "escape")
        assert any("the search was given up" in line for line in text_of(app))
        await enter(pilot, "escape")
        await pilot.press("colon", *typed("explain solve"))
        await beyond(pilot, (0, 0))
        assert tried() > (1, 5), "it goes on where it was"
        # any other key is done, and no page is in its way
        await enter(pilot, "right")
        assert app.screen is app.main
        assert any(":explain solve goes on from there" in line for line in text_of(app))

    drive(app, search, see=lambda: None)
    assert session.cursor.t == 1


def test_what_was_found_before_a_search_was_given_up_is_kept(make_app: MakeApp) -> None:
    app = make_app()
    session = app.session
    late = np.concatenate([np.zeros((1, 5)), session.trace.series("rnn/h_t")[:-1]])
    value = from_array(0, "h_t", np.arange(len(late)), late)
    known = session.expect(Reference("late.npy", (value,)), tolerance_for(np.dtype(np.float32)))
    search = Explaining(known, 3)
    for report in search:
        if report.found:
            break
    assert not search.done
    told = "\n".join(search.explained.lines)
    assert "EXPLAINED: the values are one timestep late" in told
    assert "then the search was given up" in told
    for _ in search:
        pass
    assert search.done
    assert "given up" not in "\n".join(search.explained.lines)


def test_on_80_by_24_the_command_line_is_told_of_while_an_error_is_in_sight(
    make_app: MakeApp,
) -> None:
    for keys in ([], ["enter"]):
        app = make_app()
        expecting(app)
        bar = drive(app, *keys, see=lambda app=app: text_of(app)[-1], size=(80, 24))  # type: ignore[misc]
        for shown in (": command", "e next error", "? help", "q quit"):
            assert shown in bar, keys

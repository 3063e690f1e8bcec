"""Search by key: / asks for what is looked for, n and N repeat it."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot

from rnnstep import Session, Trace
from rnnstep.tui.app import Debugger
from rnnstep.tui.notebar import NoteBar
from tests.debugger.runs import inputs, lstm
from tests.tui.conftest import MakeApp, complaint, drive, enter, text_of
from tests.tui.test_breakpoints import written


def test_a_condition_is_found_again_both_ways(make_app: MakeApp) -> None:
    app = make_app()
    times = np.flatnonzero(app.session.trace.series("rnn/h_t")[:, 3] > 0).tolist()
    seen: list[int] = []

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, "slash", *written("h_t[3] > 0"))
        seen.append(app.session.cursor.t)
        for key in "nnN":
            await enter(pilot, key)
            seen.append(app.session.cursor.t)
        await enter(pilot, "G", "n")
        assert "h_t[3] > 0, wrapped around: t " in app.query_one(NoteBar).said

    drive(app, all_keys, see=lambda: None)
    after = [t for t in times if t > 0]
    assert seen == [after[0], after[1], after[2], after[1]]
    assert app.session.cursor.t == times[0]


def test_a_label_and_a_value_are_found_by_name(make_app: MakeApp) -> None:
    app = make_app()

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, "slash", *written("carry"))
        assert app.query_one(NoteBar).said == "unit carry: t 0, rnn/h_t[1] = −0.997"
        await enter(pilot, "slash", *written("Wh_h"))
        assert app.session.frame().equation.name == "Wh_h"
        await enter(pilot, "slash", *written("h_t[0] > 2"))
        assert app.query_one(NoteBar).said == "h_t[0] > 2: at no timestep"

    drive(app, all_keys, see=lambda: None)


def test_nothing_to_find_again_is_said(make_app: MakeApp) -> None:
    app = make_app()
    assert "nothing was looked for yet" in drive(app, "n", see=lambda: complaint(app))


def test_a_long_search_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.tui.searching.SLICE", 0.0)
    monkeypatch.setattr("rnnstep.tui.searching._PAUSE", 0.02)
    session = Session(Trace(lstm(), inputs(30_000)))
    app = Debugger(session)

    async def while_looking(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *written("t < 0"))
        await pilot.pause(0.1)
        assert any(": at t" in line and "any key gives up" in line for line in text_of(app))
        await enter(pilot, "escape")
        assert any("given up" in line for line in text_of(app))

    drive(app, while_looking, see=lambda: None)
    assert session.cursor.t == 0

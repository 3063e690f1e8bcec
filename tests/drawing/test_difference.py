"""A fork as it is drawn: its difference in words and in blocks, and its lines as they ran."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnstep.forks.effect import Difference
from rnnstep.render.difference import BLOCKS, difference_text, heights
from rnnstep.render.html import page
from rnnstep.render.pen import Pen
from rnnstep.render.report import report
from rnnstep.render.rows import plain
from rnnstep.render.rows import width as row_width
from rnnstep.render.timeline import ZOOMS, timeline
from tests.drawing.conftest import open_run


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (
            Difference(12, 0.311, 14, 5, 40),
            "differs in hₜ from t 12, peak 0.31 at t 14, half-life 5",
        ),
        (
            Difference(12, math.inf, 14, None, 40),
            "differs in hₜ from t 12, peak inf at t 14, not halved by the end",
        ),
        (
            Difference(12, 0.311, 14, None, 30),
            "differs in hₜ from t 12, peak 0.31 at t 14, not halved by the end (t 29 and before)",
        ),
        (Difference(None, 0.0, 12, None, 40), "no difference in hₜ"),
    ],
)
def test_a_difference_in_words(difference: Difference, text: str) -> None:
    assert difference_text(difference, "hₜ", 40) == text


def test_a_block_is_a_step_lower_for_every_halving_and_none_for_nothing() -> None:
    sizes = np.array([0, 8, 4, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.001, 7.9])
    assert heights(sizes, 8.0) == [0, 8, 7, 6, 5, 4, 3, 2, 1, 1, 8]
    assert heights(np.array([0.0, 1.0, np.inf]), np.inf) == [0, 1, 8]
    assert heights(np.zeros(3), 0.0) == [0, 0, 0]
    assert len(BLOCKS) == 9


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 9, 30])
def test_a_fork_s_timeline_fits_its_panel(zoom: int, height: int) -> None:
    session = open_run("brackets")
    session.goto(12)
    session.edit("zero h_prev")
    for width in (1, 8, 40, 78, 118):
        rows = timeline(session.frame(), "c_t", zoom, Pen(), width, height).rows
        assert len(rows) <= max(height, 4)
        assert max(map(row_width, rows)) <= max(width, 10)


def test_a_report_and_a_page_show_each_timestep_s_own_lines() -> None:
    session = open_run("brackets")
    session.edit("scale f_t 0.5 at 1")
    rows = [plain(row) for row in report(session, range(3), Pen(), 120)]
    assert "  fork 1, scale lstm/f_t 0.5 at 1" in rows
    assert [row.count("f_t_scale") for row in rows if row.strip().startswith("fₜ")] == [0, 1, 0]
    html = page(session, range(3))
    assert "fork 1, scale lstm/f_t 0.5 at 1" in html

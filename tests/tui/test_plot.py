"""The line plot: its page moves in time, and hides nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual_plot import PlotWidget

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger
from rnnstep.tui.curves import Axis, Curves
from tests.tui.conftest import MakeApp, drive, enter, pressed, text_of, typed


def curves(*values: float) -> Curves:
    return Curves(np.arange(len(values)), np.array(values)[:, None])


def line(app: Debugger) -> list[float]:
    """Where the cursor's line is."""
    return [line.x for line in app.screen.query_one(PlotWidget)._v_lines]


def test_its_line_follows_the_keys_that_move_in_time(make_app: MakeApp) -> None:
    app = make_app()
    keys = ["right", "right", "l", "h", "end", "left", "home", "G", "g"]

    async def all_keys(pilot: Pilot[None]) -> None:
        await enter(pilot, "p")
        for key, t in zip(keys, [1, 2, 3, 2, 31, 30, 0, 31, 0], strict=True):
            await enter(pilot, key)
            assert (line(app), app.session.cursor.t) == ([t], t), key
            assert len(app.screen_stack) == 2

    pressed(app, all_keys)


def test_it_tells_the_timestep_and_marks_none_before_the_first(make_app: MakeApp) -> None:
    app = make_app()
    assert drive(app, "p", "left", see=lambda: line(app)) == []
    app = make_app()
    told = drive(app, "p", "5", "right", see=lambda: text_of(app)[-3])
    assert "t 1 / 31" in told


def test_the_other_keys_of_the_screen_do_nothing_there(make_app: MakeApp) -> None:
    app = make_app()
    drive(app, "p", "j", "J", "d", see=lambda: None)
    assert (app.session.cursor.line, app.session.cursor.unit) == (0, 0)
    assert app.view.mode.value == "both"


def test_what_is_no_finite_number_is_marked_and_counted(tmp_path: Path) -> None:
    xs = np.array(np.load(sample("addition")))
    xs[29, 0] = np.nan
    np.save(tmp_path / "seq.npy", xs)
    weights = sample("addition").with_name("seq.weights.npz")
    app = Debugger(open_session(tmp_path / "seq.npy", weights=weights))
    seen = drive(app, "p", see=lambda: text_of(app))
    assert any("NaN at 3 timesteps: ?" in line for line in seen)
    assert max(line.count("?") for line in seen[10:-5]) == 3


def test_no_line_crosses_a_gap() -> None:
    found = curves(0, 1, np.nan, 2, np.inf, 3, 4)
    assert [times.tolist() for times, _ in found.lines(0)] == [[0, 1], [5, 6]]
    assert [part.tolist() for part in found.points(0)] == [[3], [2.0]]
    marks = {mark: (t.tolist(), y.tolist()) for mark, (t, y) in found.marks().items()}
    assert marks == {"?": ([2], [-0.2]), "∞": ([4], [4.2])}
    assert found.told() == ["NaN at 1 timestep: ?", "+∞ at 1 timestep: ∞"]


def test_nothing_finite_has_an_axis_and_marks() -> None:
    found = curves(np.nan, -np.inf)
    assert list(found.lines(0)) == []
    assert found.points(0)[0].size == 0
    assert Axis.of_values(found.values) == Axis(-1.0, 1.0)
    assert set(found.marks()) == {"?", "-"}


@pytest.mark.parametrize(
    ("times", "axis"),
    [
        (range(1), Axis(-0.5, 0.5, [0.0])),
        (range(3), Axis(-0.5, 2.5, [0.0, 1.0, 2.0])),
        (range(90, 115), Axis(89.5, 114.5, [90.0, 95.0, 100.0, 105.0, 110.0])),
    ],
)
def test_ticks_are_whole_timesteps(times: range, axis: Axis) -> None:
    assert Axis.of_times(np.array(times)) == axis


def test_one_timestep_is_a_point(tmp_path: Path) -> None:
    np.save(tmp_path / "seq.npy", np.load(sample("addition"))[:1])
    weights = sample("addition").with_name("seq.weights.npz")
    app = Debugger(open_session(tmp_path / "seq.npy", weights=weights))

    def seen() -> tuple[int, object]:
        points = sum(line.count("•") for line in text_of(app))
        return points, app.screen.query_one(PlotWidget)._x_ticks

    assert drive(app, "p", see=seen) == (1, [0.0])


def test_its_axes_can_be_read(make_app: MakeApp) -> None:
    app = make_app()

    def contrasts() -> list[float]:
        plot = app.screen.query_one(PlotWidget)
        page = app.screen.query_one("#page").styles.background
        parts = ("plot--axis", "plot--tick", "plot--label")
        inks = [plot.get_component_styles(part).color for part in parts]
        return [abs(ink.brightness - page.brightness) for ink in inks]

    async def all_themes(pilot: Pilot[None]) -> None:
        for theme in ("textual-dark", "textual-light", "solarized-light", "nord"):
            await enter(pilot, "colon", *typed(f"theme {theme}"), "p")
            assert app.theme == theme
            assert min(contrasts()) > 0.4, theme
            await enter(pilot, "escape")

    pressed(app, all_themes)


def test_the_legend_stands_outside_the_plot(make_app: MakeApp) -> None:
    app = make_app()

    def seen() -> tuple[str, bool]:
        plot, legend = app.screen.query_one(PlotWidget), app.screen.query_one("#legend-line")
        return str(legend.render()), legend.region.bottom <= plot.region.y

    text, outside = drive(app, "x", "J", "x", "p", see=seen)
    assert text.split() == ["⠒⠒", "unit", "h0", "⠒⠒", "unit", "carry"]
    assert outside


def test_a_fork_is_plotted_over_its_parent(make_app: MakeApp) -> None:
    app = make_app()

    def seen() -> tuple[int, str, list[list[float]]]:
        plot, legend = app.screen.query_one(PlotWidget), app.screen.query_one("#legend-line")
        curves = [list(data.y) for data in plot._datasets if len(data.y)]
        return len(curves), str(legend.render()), curves

    async def fork(pilot: Pilot[None]) -> None:
        app.session.edit("set h_t[0] = 5 at 12")
        await enter(pilot, "right")

    count, text, _ = drive(app, "p", see=seen)
    assert (count, text.split()) == (1, ["⠒⠒", "unit", "h0"])
    app = make_app()
    count, text, lines = drive(app, fork, "p", see=seen)
    assert (count, text.split()) == (2, ["⠒⠒", "unit", "h0", "⠒⠒", "of", "the", "parent"])
    parent, own = lines
    assert own[:12] == parent[:12]
    assert (own[12], parent[12] == 5) == (5, False)

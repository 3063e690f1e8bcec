"""Watches: an expression, its value at each timestep, and what is said of a mistake."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import ExpressionError, InputError
from rnnstep.expressions import Expression
from rnnstep.render.pen import Pen
from rnnstep.render.spark import BARS, spark
from rnnstep.render.watches import watches
from tests.debugger.runs import session_of, stack


def test_a_watch_is_an_expression_over_any_layer() -> None:
    session = session_of(stack())
    watch = session.add_watch("norm(gru/h_t - gru/h_prev) + t")
    trace = session.trace
    h = trace.series("gru/h_t").astype(np.float64)
    before = trace.series("gru/h_prev").astype(np.float64)
    expected = np.linalg.norm(h - before, axis=1) + np.arange(len(trace))
    np.testing.assert_allclose(watch.expression.over(trace, 0, len(trace)), expected, rtol=1e-6)
    at = watch.expression.at(trace, 7)
    assert at is not None
    assert float(at) == pytest.approx(expected[7])
    assert watch.expression.at(trace, -1) is None


@pytest.mark.parametrize(
    "text", ["Wh_f @ h_t", "any(abs(c_t) > 0.3)", "t * 2", "h_t", "Wh_f[0, 0]"]
)
@pytest.mark.parametrize("cached", [1, 2**5, 2**10])
def test_in_how_many_parts_it_is_computed_changes_no_bit(
    text: str, cached: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = session_of().trace
    expression = Expression.parse(text, trace.model)
    whole = expression.over(trace, 1, len(trace))
    monkeypatch.setattr("rnnstep.expressions._CACHED", cached)
    parts = expression.over(trace, 1, len(trace))
    assert parts.dtype == whole.dtype
    assert parts.tobytes() == whole.tobytes()
    assert len(parts) == len(trace) - 1
    assert parts.flags.owndata


def test_a_weight_can_be_asked_for() -> None:
    session = session_of()
    layer = session.trace.model.layers[0]
    value = Expression.parse("Wh_f[1, 0:2]", session.trace.model).at(session.trace, 0)
    assert value is not None
    assert value.tolist() == layer.weights["Wh_f"][1, 0:2].tolist()


def test_watches_are_numbered_once_and_can_be_taken_away() -> None:
    session = session_of()
    first, second = session.add_watch("h_t[0]"), session.add_watch("c_t")
    assert session.add_watch(" h_t[0] ") is first
    session.remove_watch(first.number)
    assert session.frame().watches == (second,)
    assert session.add_watch("t").number == 3
    with pytest.raises(InputError, match="no watch 1: 2, 3"):
        session.remove_watch(1)


def test_a_mistake_changes_nothing() -> None:
    session = session_of()
    with pytest.raises(ExpressionError) as caught:
        session.add_watch("h_t + x_t")
    assert caught.value.column == 1
    assert session.watches == ()


def test_the_panel_shows_before_now_and_next() -> None:
    session = session_of()
    session.add_watch("h_t[1]")
    session.add_watch("t > 20")
    session.goto(20)
    lines = watches(session.frame(), Pen(colour_map=""), 80).plain.splitlines()
    h = session.trace.series("h_t")[:, 1]
    for t in (19, 20, 21):
        assert f"{h[t]:+.3f}".replace("-", "−") in lines[0]
    assert "*→" in lines[0]
    assert "+0.000 → +0.000 → +1.000" in lines[1]
    assert lines[1].rstrip().endswith(BARS[0] * 21 + BARS[-1] * 19)


def test_the_panel_before_the_first_timestep() -> None:
    session = session_of()
    session.add_watch("h_t[1]")
    session.goto(-1)
    assert "no value before t 0" in watches(session.frame(), Pen(colour_map=""), 60).plain


@given(st.lists(st.floats(width=32), min_size=1, max_size=60))
def test_a_bar_is_higher_where_the_number_is(numbers: list[float]) -> None:
    bars = spark(np.array(numbers))
    assert len(bars) == len(numbers)
    for bar, number in zip(bars, numbers, strict=True):
        assert (bar == "!") == (not np.isfinite(number))
    finite = [(n, BARS.index(b)) for n, b in zip(numbers, bars, strict=True) if b != "!"]
    levels = [level for _, level in sorted(finite)]
    assert levels == sorted(levels)
    if len({n for n, _ in finite}) > 1:
        assert (levels[0], levels[-1]) == (0, len(BARS) - 1)

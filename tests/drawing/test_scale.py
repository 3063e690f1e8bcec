"""What holds of every array, number and size: levels, strongest entries, widths and heights."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.cells import cell_len

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.frame import Frame
from rnnstep.render.drilldown import drilldown
from rnnstep.render.equation import equations
from rnnstep.render.numbers import PRECISIONS, signed, signed_width, unsigned
from rnnstep.render.operation import operation
from rnnstep.render.palette import digits, glyph
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Drawing, clip, window
from rnnstep.render.rows import width as row_width
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline
from rnnstep.scale import (
    LEVELS,
    NAN,
    NEGATIVE_INFINITY,
    POSITIVE_INFINITY,
    largest,
    levels,
    strongest,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
LIMITS = st.floats(0, exclude_min=True, allow_infinity=False)
SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)
MARKED = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0])
ARRAYS = hnp.arrays(np.float64, SHAPES, elements=st.floats() | MARKED)
FINITE_ARRAYS = hnp.arrays(np.float64, SHAPES, elements=FINITE)
SMALLEST = 1e-9
"""Sizes below have an exponent that the narrowest numbers have no room for."""


# Levels.


@given(FINITE_ARRAYS, LIMITS)
def test_a_number_and_its_opposite_have_opposite_levels(array: np.ndarray, limit: float) -> None:
    np.testing.assert_array_equal(levels(-array, limit), -levels(array, limit))


@given(FINITE, FINITE, LIMITS)
def test_a_larger_number_never_has_a_lower_level(a: float, b: float, limit: float) -> None:
    low, high = levels(np.array([min(a, b), max(a, b)]), limit).tolist()
    assert low <= high


@given(FINITE_ARRAYS, LIMITS)
def test_a_level_has_the_sign_of_its_number_and_zero_alone_is_0(
    array: np.ndarray, limit: float
) -> None:
    found = levels(array, limit)
    np.testing.assert_array_equal(np.sign(found), np.sign(array))
    assert np.abs(found).max() <= LEVELS


@given(LIMITS, st.floats(1, 1e9))
def test_the_limit_and_all_beyond_have_the_highest_level(limit: float, times: float) -> None:
    with np.errstate(over="ignore"):
        beyond = np.array([limit, np.float64(limit) * times])
    assert levels(beyond[np.isfinite(beyond)], limit).tolist()[0] == LEVELS
    assert set(levels(beyond, limit).tolist()) <= {LEVELS, POSITIVE_INFINITY}


@given(ARRAYS, st.floats())
def test_what_is_no_finite_number_keeps_its_mark_at_any_limit(
    array: np.ndarray, limit: float
) -> None:
    found = levels(array, limit)
    np.testing.assert_array_equal(found == NAN, np.isnan(array))
    np.testing.assert_array_equal(found == POSITIVE_INFINITY, array == math.inf)
    np.testing.assert_array_equal(found == NEGATIVE_INFINITY, array == -math.inf)


def test_every_level_has_two_columns_of_its_own_and_a_glyph() -> None:
    marks = [NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY]
    told = [digits(level) for level in [*range(-LEVELS, LEVELS + 1), *marks]]
    assert len(set(told)) == 2 * LEVELS + 4
    assert {len(text) for text in told} == {2}
    signs = "".join(glyph(level) for level in [*range(-LEVELS, LEVELS + 1), *marks])
    assert signs == "===~~~---·+++***###?∞∞"


# Blocks and the largest.


@given(ARRAYS, st.data())
def test_each_block_is_its_largest_entry_and_nan_wins(
    array: np.ndarray, data: st.DataObject
) -> None:
    rows, columns = (data.draw(st.integers(1, side)) for side in array.shape)
    found = strongest(array, (rows, columns))
    assert found.shape == (rows, columns)
    down, across = (_edges(n, k) for n, k in zip(array.shape, (rows, columns), strict=True))
    for i in range(rows):
        for j in range(columns):
            block = array[down[i] : down[i + 1], across[j] : across[j + 1]]
            if np.isnan(block).any():
                assert np.isnan(found[i, j])
            else:
                assert found[i, j] in block
                assert abs(found[i, j]) == np.abs(block).max()


def _edges(length: int, blocks: int) -> list[int]:
    return [number * length // blocks for number in range(blocks + 1)]


@given(ARRAYS)
def test_the_largest_is_the_largest_finite_size(array: np.ndarray) -> None:
    finite = [abs(value) for value in array.reshape(-1).tolist() if math.isfinite(value)]
    assert largest(array) == max(finite, default=0.0)


def test_nothing_has_no_largest() -> None:
    assert largest(np.empty((0, 3))) == 0.0


# Numbers.


@given(FINITE, st.sampled_from(PRECISIONS))
def test_a_number_has_its_sign_and_is_never_shown_as_zero(value: float, precision: int) -> None:
    text = signed(value, precision)
    assert text[0] == ("−" if math.copysign(1, value) < 0 else "+")
    assert (float(text.replace("−", "-")) == 0) == (value == 0)
    assert unsigned(value, precision) == signed(abs(value), precision)[1:]


@given(st.floats(SMALLEST, 1e99), st.sampled_from([1, -1]), st.sampled_from(PRECISIONS))
def test_a_number_fits_its_width_and_is_near_the_truth(
    size: float, sign: int, precision: int
) -> None:
    text = signed(sign * size, precision)
    assert len(text) <= signed_width(precision)
    error = abs(float(text.replace("−", "-")) - sign * size)
    assert error <= max(0.5 * 10.0**-precision, 0.34 * size)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_what_is_no_finite_number_is_written_as_such(precision: int) -> None:
    values = math.nan, math.inf, -math.inf
    assert [signed(value, precision) for value in values] == ["NaN", "+inf", "−inf"]


@given(st.text("ab·ₜ日", max_size=20), st.integers(0, 20))
def test_a_text_is_cut_to_its_columns(text: str, columns: int) -> None:
    cut = clip(text, columns)
    assert cell_len(cut) <= columns
    assert cut == text or (text.startswith(cut[:-1]) and cell_len(text) > columns)


@given(st.integers(1, 99), st.integers(1, 99), st.data())
def test_a_window_shows_its_focus_and_is_full(count: int, size: int, data: st.DataObject) -> None:
    focus = data.draw(st.integers(0, count - 1))
    shown = window(count, size, focus)
    assert focus in shown
    assert len(shown) == min(count, size)
    assert set(shown) <= set(range(count))


# Drawings of any size.


@cache
def run(cell: str, inputs: int, units: int, timesteps: int) -> Session:
    random = np.random.default_rng(inputs * 1000 + units)
    listing = load_cell(cell)
    sizes = {"input": inputs, "hidden": units}
    shapes = {w.name: [sizes[str(axis)] for axis in w.shape] for w in listing.weights}
    weights = {name: random.normal(size=shape) for name, shape in shapes.items()}
    model = Model((build_layer("layer", listing, weights),))
    return Session(Trace(model, random.normal(size=(timesteps, inputs))))


PENS = st.builds(
    Pen,
    st.sampled_from(Mode),
    st.sampled_from(Scale),
    st.sampled_from([3, 4, 6]),
    st.sampled_from(["", "crameri:berlin"]),
)


@given(
    cell=st.sampled_from(["SimpleRNN", "LSTM", "GRU"]),
    sizes=st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 90)),
    place=st.tuples(st.integers(-1, 99), st.integers(0, 17), st.integers(0, 39)),
    pen=PENS,
    width=st.integers(1, 150),
    height=st.integers(1, 40),
)
def test_no_drawing_is_wider_or_higher_than_asked_or_than_its_smallest(
    cell: str,
    sizes: tuple[int, int, int],
    place: tuple[int, int, int],
    pen: Pen,
    width: int,
    height: int,
) -> None:
    session = run(cell, *sizes)
    session.goto(place[0])
    session.goto_line(0, place[1])
    session.goto_unit(place[2])
    frame = session.frame()

    least = drawings(frame, pen, 1, 1)
    for drawing, smallest in zip(drawings(frame, pen, width, height), least, strict=True):
        assert columns(drawing) <= max(width, columns(smallest))
        assert len(drawing.rows) <= max(height, len(smallest.rows))
        assert 0 <= drawing.focus < len(drawing.rows)
    for draw in (strips, equations):
        assert columns(draw(frame, pen, width)) <= max(width, columns(draw(frame, pen, 1)))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("line", range(4))
def test_every_width_from_the_smallest_on_is_kept(mode: Mode, line: int) -> None:
    session = run("SimpleRNN", 2, 5, 32)
    session.goto_line(0, line)
    frame, pen = session.frame(), Pen(mode)
    for width in range(columns(operation(frame, pen, 1, 9)), 80):
        assert columns(operation(frame, pen, width, 9)) <= width


def drawings(frame: Frame, pen: Pen, width: int, height: int) -> list[Drawing]:
    return [
        operation(frame, pen, width, height),
        timeline(frame, "h_t", None, pen, width, height),
        drilldown(frame, pen, width, height),
    ]


def columns(drawing: Drawing) -> int:
    return max(map(row_width, drawing.rows))

"""What holds of every array: levels, blocks and the largest."""

from __future__ import annotations

import math
from itertools import pairwise
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnstep import scale
from rnnstep.render.palette import digits, glyph
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


FEW = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, -2.0, math.nan, math.inf, -math.inf])


@given(
    hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=9), elements=FEW),
    st.sampled_from([1, 20, 2**18]),
    st.data(),
)
def test_blocks_are_those_of_a_plain_loop_however_many_are_looked_at_together(
    array: np.ndarray, at_once: int, data: st.DataObject
) -> None:
    blocks = tuple(data.draw(st.integers(1, side)) for side in array.shape)
    with patch.object(scale, "_AT_ONCE", at_once):
        found = strongest(array, blocks)
    expected = array
    for axis, count in enumerate(blocks):
        expected = np.apply_along_axis(_one_by_one, axis, expected, count)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(found)
    np.testing.assert_array_equal(np.signbit(found[numbers]), np.signbit(expected[numbers]))


def _one_by_one(values: np.ndarray, count: int) -> np.ndarray:
    edges = _edges(len(values), count)
    return np.array([_first_of_its_size(values[a:b]) for a, b in pairwise(edges)], values.dtype)


def _first_of_its_size(values: np.ndarray) -> float:
    best = values[0]
    for value in values[1:]:
        if not math.isnan(best) and (math.isnan(value) or abs(value) > abs(best)):
            best = value
    return float(best)


@given(ARRAYS, LIMITS)
def test_levels_are_those_of_one_number_after_the_other(array: np.ndarray, limit: float) -> None:
    expected = [_level(value, limit) for value in array.reshape(-1).tolist()]
    assert levels(array, limit).reshape(-1).tolist() == expected


def _level(value: float, limit: float) -> int:
    if math.isnan(value):
        return NAN
    if math.isinf(value):
        return POSITIVE_INFINITY if value > 0 else NEGATIVE_INFINITY
    rated = abs(value) / limit * LEVELS
    size = 0 if value == 0 else LEVELS if rated > LEVELS else max(math.ceil(rated), 1)
    return -size if value < 0 else size


def test_blocks_are_cut_at_whole_entries_however_many_there_are() -> None:
    # 22 · 30 / 22 in floating point is a little less than it is
    for length, blocks in ((30, 22), (48, 10), (4096, 77)):
        edges = _edges(length, blocks)
        found = strongest(np.arange(1, length + 1), (blocks,))
        assert found.tolist() == edges[1:]


def _edges(length: int, blocks: int) -> list[int]:
    return [number * length // blocks for number in range(blocks + 1)]


@given(ARRAYS)
def test_the_largest_is_the_largest_finite_size(array: np.ndarray) -> None:
    finite = [abs(value) for value in array.reshape(-1).tolist() if math.isfinite(value)]
    assert largest(array) == max(finite, default=0.0)


def test_nothing_has_no_largest() -> None:
    assert largest(np.empty((0, 3))) == 0.0

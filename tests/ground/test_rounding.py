"""Rounding to other number formats, as functions of the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnstep.equations import (
    FUNCTIONS,
    Array,
    as_bfloat16,
    as_float16,
    compile_node,
    parse,
    quantize,
)

FLOATS = st.floats(-1e3, 1e3, width=32)
VECTORS = hnp.arrays(np.float32, st.integers(1, 20), elements=FLOATS)
STEPS = st.floats(2.0**-13, 10, width=32)
LEVELS = st.sampled_from([1, 127, 32767])


@given(VECTORS, STEPS, LEVELS)
def test_to_quantize_again_changes_nothing(x: Array, step: float, levels: int) -> None:
    once = quantize(x, step, -levels, levels)
    assert once.dtype == np.float32
    np.testing.assert_array_equal(quantize(once, step, -levels, levels), once)


@given(VECTORS, STEPS, LEVELS)
def test_quantize_keeps_the_order(x: Array, step: float, levels: int) -> None:
    assert (np.diff(quantize(np.sort(x), step, -levels, levels)) >= 0).all()


@given(VECTORS, STEPS, LEVELS)
def test_quantize_is_the_nearest_multiple_or_the_end(x: Array, step: float, levels: int) -> None:
    step = float(np.float32(step))
    exact = x.astype(np.float64)
    inside = np.abs(exact) <= levels * step
    away = np.abs(quantize(x, step, -levels, levels) - exact)
    assert (away[inside] <= step / 2 + 1e-6 * np.abs(exact[inside])).all()
    ends = np.abs(quantize(x, step, -levels, levels)[~inside])
    np.testing.assert_allclose(ends, levels * step, rtol=1e-6)


def test_quantize_of_what_is_not_finite() -> None:
    given_ = np.array([np.nan, np.inf, -np.inf], np.float32)
    np.testing.assert_array_equal(
        quantize(given_, 0.5, -4, 4), np.array([np.nan, 2, -2], np.float32)
    )


def test_ties_go_to_the_even_multiple() -> None:
    assert quantize(np.array([0.5, 1.5, 2.5, -0.5]), 1, -9, 9).tolist() == [0, 2, 2, 0]


@pytest.mark.parametrize("rounded", [as_float16, as_bfloat16])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_format_rounds_once_and_keeps_the_order(
    rounded: Callable[[Array], Array], dtype: Any
) -> None:
    x = np.sort(np.random.default_rng(0).normal(size=500) * 10).astype(dtype)
    once = rounded(x)
    assert once.dtype == dtype
    np.testing.assert_array_equal(rounded(once), once)
    assert (np.diff(once) >= 0).all()


def test_bfloat16_has_eight_bits_and_ties_go_to_even() -> None:
    eps = 2.0**-7
    given_ = np.array([1 + eps, 1 + eps / 2, 1 + 3 * eps / 2, np.nan, np.inf, -np.inf, 3.4e38])
    expected = [1 + eps, 1, 1 + 2 * eps, np.nan, np.inf, -np.inf, np.inf]
    np.testing.assert_array_equal(
        as_bfloat16(given_.astype(np.float32)), np.array(expected, np.float32)
    )


@pytest.mark.parametrize(("name", "limit"), [("sigmoid", 8), ("tanh", 4)])
def test_a_table_has_so_many_entries_each_exact_at_its_place(name: str, limit: int) -> None:
    x = np.linspace(-2 * limit, 2 * limit, 5001)
    node = parse(f"table_{name}(x, 16, {limit})", ["x"])
    found = np.asarray(compile_node(node, {"x": ("places",)})({"x": x}))
    places = np.linspace(-limit, limit, 16)
    exact = FUNCTIONS[name].compute
    np.testing.assert_allclose(np.unique(found), exact(places), rtol=1e-12)
    away = np.sort(np.abs(x[:, np.newaxis] - places))
    # of a place in the middle either entry is the nearest
    clear = ~np.isclose(away[:, 0], away[:, 1])
    nearest = places[np.abs(x[:, np.newaxis] - places).argmin(axis=1)]
    np.testing.assert_allclose(found[clear], exact(nearest)[clear], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("float16", ()),
        ("bfloat16", ()),
        ("quantize", (0.0123, -127.0, 127.0)),
        ("table_sigmoid", (200.0, 8.0)),
        ("table_tanh", (200.0, 4.0)),
    ],
)
def test_what_a_step_writes_has_the_bits_of_a_window(
    name: str, more: tuple[float, ...], dtype: Any
) -> None:
    x = (np.random.default_rng(0).normal(size=5000) * 3).astype(dtype)
    out = np.empty_like(x)
    known = FUNCTIONS[name]
    assert known.into is not None
    known.into(x, *(np.array(number, dtype) for number in more), out)
    np.testing.assert_array_equal(out, known.compute(x, *more))

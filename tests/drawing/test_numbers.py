"""What holds of every number and text: its sign shows, its columns are kept."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from rnnstep.render.numbers import PRECISIONS, signed, signed_width, unsigned
from rnnstep.render.rows import clip, window

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ABOUT_ZERO = 1e-9
"""Sizes below have an exponent that the narrowest numbers have no room for."""


@given(FINITE, st.sampled_from(PRECISIONS))
def test_a_number_has_its_sign_and_is_never_shown_as_zero(value: float, precision: int) -> None:
    text = signed(value, precision)
    assert text[0] == ("−" if math.copysign(1, value) < 0 else "+")
    zero = not text.strip("+−0.")
    assert zero == (value == 0)
    assert unsigned(value, precision) == signed(abs(value), precision)[1:]


@given(FINITE, st.sampled_from(PRECISIONS))
@example(-5e-324, 1)
@example(-1e-10, 2)
@example(3e-150, 3)
@example(-1.7e308, 1)
def test_every_finite_number_fits_its_width(value: float, precision: int) -> None:
    assert len(signed(value, precision)) <= signed_width(precision)


@given(st.floats(0, 1e99, exclude_min=True), st.sampled_from([1, -1]), st.sampled_from(PRECISIONS))
def test_a_number_is_near_the_truth(size: float, sign: int, precision: int) -> None:
    text = signed(sign * size, precision).replace("−", "-")
    if text.endswith("~0"):
        assert size < ABOUT_ZERO
    else:
        error = abs(float(text) - sign * size)
        assert error <= max(0.5 * 10.0**-precision, 0.34 * size)


@pytest.mark.parametrize(
    ("value", "precision", "text"),
    [(-3e-10, 2, "−~0"), (3e-9, 2, "+3e-9"), (3e-10, 3, "+3e-10"), (5e-324, 3, "+~0")],
)
def test_a_number_too_small_for_an_exponent_is_about_zero(
    value: float, precision: int, text: str
) -> None:
    assert signed(value, precision) == text


def test_a_number_too_large_for_a_digit_keeps_its_exponent() -> None:
    assert signed(-3e200, 1) == "−e200"


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

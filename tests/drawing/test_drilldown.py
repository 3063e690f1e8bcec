"""Inside one number: no digit is cut off unsaid, columns stand, and bars survive NaN."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Session
from rnnstep.equations.nodes import Name
from rnnstep.render.drilldown import drilldown
from rnnstep.render.numbers import PRECISIONS, signed
from rnnstep.render.pen import Pen
from rnnstep.terms import DotProduct, Term
from tests.drawing.runs import simple_rnn


def inside(session: Session, value: str = "Wx_x", unit: int = 0) -> Session:
    session.goto_value(value)
    session.goto_unit(unit)
    return session


def lines(session: Session, width: int = 80, precision: int = 3) -> list[str]:
    pen = Pen(colour_map="", precision=precision)
    return drilldown(session.frame(), pen, width, 9).plain.splitlines()


# in six columns the product stands alone and whole
@pytest.mark.parametrize("width", [*range(1, 6), *range(7, 70)])
def test_a_number_that_has_no_room_ends_in_an_ellipsis(width: int) -> None:
    session = inside(simple_rnn(5), "Wh_h", 1)
    session.goto(3)
    for whole, line in zip(lines(session), lines(session, width), strict=True):
        text = line.rstrip("█").rstrip()
        assert text == whole.rstrip("█").rstrip() or text.endswith("…")


def test_the_bar_goes_before_any_number_does() -> None:
    session = inside(simple_rnn(5), "Wh_h", 1)
    session.goto(3)
    longest = max(len(line.rstrip("█").rstrip()) for line in lines(session))
    narrow = lines(session, longest)
    assert not any("█" in line or "…" in line for line in narrow)
    assert any("█" in line for line in lines(session, longest + 12))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("value", [0.5, math.nan, math.inf])
def test_products_and_their_sum_end_in_one_column(precision: int, value: float) -> None:
    session = inside(simple_rnn(3, xs=[[value, -0.25]]))
    ends = {
        re.match(r" *\S+", line).end()  # type: ignore[union-attr]
        for line in lines(session, precision=precision)
    }
    assert len(ends) == 1


@pytest.mark.parametrize(("value", "mark"), [(math.nan, "??"), (math.inf, "+∞")])
def test_a_bar_is_as_long_as_before_beside_what_is_no_finite_number(
    value: float, mark: str
) -> None:
    *terms, _ = lines(inside(simple_rnn(3, inputs=3, xs=[[value, 0.5, -0.25]]), unit=1))
    bars = [line.split()[-1] for line in terms]
    assert bars[0] in (mark, mark.replace("+", "−"))
    assert bars[1] == "█" * 12


def test_one_term_is_no_terms() -> None:
    session = inside(simple_rnn(1, inputs=1))
    assert lines(session)[-1].split("  ")[1] == "sum of 1 term"
    assert lines(inside(simple_rnn(3)))[-1] == f"{signed_total(simple_rnn(3))}  sum of 2 terms"


def signed_total(session: Session) -> str:
    return signed(float(inside(session).frame().values["Wx_x"][0]))


@pytest.mark.parametrize("selected", range(20))
def test_the_focus_is_the_row_of_the_selected_term(selected: int) -> None:
    session = inside(simple_rnn(20), "Wh_h", 1)
    session.goto(3)
    by_size = drilldown(session.frame(), Pen(), 80, 99).targets
    drawing = drilldown(session.frame(), Pen(), 80, 6, selected)
    assert drawing.targets[drawing.focus] == by_size[selected]


FEW = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.5, np.nan, np.inf, -np.inf])
NUMBERS = FEW | st.floats(width=32)


@given(st.lists(NUMBERS, min_size=1, max_size=30), st.data())
def test_terms_of_some_ranks_are_those_of_all_sorted(
    numbers: list[float], data: st.DataObject
) -> None:
    products = np.array(numbers, np.float32)
    ones = np.ones_like(products)
    product = DotProduct(Name("W"), Name("v"), 0, 0.0, products, ones, products)
    start = data.draw(st.integers(0, len(numbers)))
    stop = data.draw(st.none() | st.integers(start, len(numbers)))

    def rank(index: int) -> tuple[bool, float, int]:
        size = abs(float(products[index]))
        # NaN before all, and an infinity beside the largest number there is
        known = 0.0 if np.isnan(size) else -min(size, float(np.finfo(np.float32).max))
        return not np.isnan(size), known, index

    order = sorted(range(len(numbers)), key=rank)
    found = product.terms(start, stop)
    assert [term.index for term in found] == order[start:stop]
    assert all(isinstance(term, Term) for term in found)

"""What holds of every drawing at every size: it is no larger than asked."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.frame import Frame
from rnnstep.render.drilldown import drilldown
from rnnstep.render.equation import equations
from rnnstep.render.operation import operation
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Drawing, Look
from rnnstep.render.rows import width as row_width
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline


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
    st.just(Look()),
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

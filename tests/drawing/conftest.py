"""Moments to draw: places in the samples, and runs that no sample has."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.opening import open_session
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.samples_folder import sample

PLAIN = Pen(colour_map="")
"""Signs and digits in place of colours: what plain text can hold."""


@dataclass(frozen=True)
class Moment:
    """A place in a run, and how it is drawn.

    Attributes:
        name: of the moment, as its goldens have it.
        run: a sample, or one of ``nan``, ``inf`` and ``one``.
        t: the timestep; -1 is the place before the first.
        value: the line at the cursor, by its value's name.
        unit: the entry that is looked into.
        width: columns of the screen.
        height: lines of the screen.
        pen: the reader's choices.
    """

    name: str
    run: str
    t: int
    value: str
    unit: int = 1
    width: int = 80
    height: int = 9
    pen: Pen = field(default=PLAIN)

    def session(self, dtype: str | None = None) -> Session:
        """The run, its cursor at the moment."""
        session = open_run(self.run, dtype)
        session.goto(self.t)
        session.goto_value(self.value)
        session.goto_unit(self.unit)
        return session


MOMENTS = (
    Moment("addition", "addition", 8, "Wh_h"),
    Moment("addition-initial", "addition", -1, "h_t"),
    Moment("question", "question", 3, "Wh_h", width=72, height=12),
    Moment("brackets", "brackets", 7, "c_t", pen=Pen(Mode.NUMBERS, colour_map="")),
    Moment("brackets-initial", "brackets", -1, "Wx_x_i", width=60),
    Moment("text", "text", 5, "h_t", pen=Pen(scale=Scale.STEP, colour_map="")),
    Moment("mlp", "mlp", 2, "hidden2/a", pen=Pen(Mode.HEATMAP, Scale.MATRIX, 2, "")),
    Moment("mlp-initial", "mlp", -1, "hidden1/a", width=40),
    Moment("nan", "nan", 4, "Wx_x"),
    Moment("inf", "inf", 4, "Wx_x"),
    Moment("one", "one", 0, "Wh_h", unit=0, width=40, height=6),
)


def open_run(name: str, dtype: str | None = None) -> Session:
    """A run by its name; see :class:`Moment`."""
    if name == "one":
        return one_number(dtype or "float32")
    if name not in ("nan", "inf"):
        return open_session(sample(name), dtype=dtype)
    whole = open_session(sample("addition"), dtype=dtype)
    xs = np.array(whole.trace.xs)
    xs[4, 0] = float(name)
    return Session(Trace(whole.trace.model, xs), whole.labels, title=f"addition with {name}")


def one_number(dtype: str = "float32") -> Session:
    """One unit that reads one feature for one timestep."""
    weights: dict[str, npt.ArrayLike] = {"Wx": [[0.5]], "Wh": [[-2.0]], "b": [0.25]}
    layer = build_layer("rnn", load_cell("SimpleRNN"), weights, dtype)
    trace = Trace(Model((layer,)), [[1.0]], {"h_prev": [0.5]})
    return Session(trace, title="one unit, one timestep")

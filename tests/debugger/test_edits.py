"""Edits against runs by hand: of any value and weight, at a timestep, from it on and always."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstep import InputError, Model, Session, Trace, build_layer, load_cell
from rnnstep.cells.registry import cell_names
from rnnstep.forks.edit import Edit
from rnnstep.forks.language import parse_edit
from rnnstep.forks.making import edited
from tests.debugger import by_hand
from tests.debugger.runs import D, H, layer_of

T = 14


def wide(*cells: str, turned: Sequence[int] = ()) -> Model:
    """A stack, some of it against time, in doubles: what rounds otherwise is no mistake then."""
    layers = []
    for place, cell in enumerate(cells):
        layer = layer_of(cell, f"l{place}", H if place else D, place)
        weights = {name: np.asarray(w, np.float64) for name, w in layer.weights.items()}
        built = build_layer(layer.name, layer.cell, weights)
        layers.append(built.replaced(reverse=place in turned))
    return Model(tuple(layers))


MODELS = [wide("LSTM"), wide("GRU", "SimpleRNN"), wide("LSTMPeephole"), wide("Jordan")]
MODELS += [wide("LSTM", "GRU", turned=[1]), wide("SimpleRNN", "LSTM", "GRU", turned=[0, 2])]
XS = np.random.default_rng(1).normal(size=(T, D))


@st.composite
def edits_of(draw: Any, model: Model) -> list[str]:
    texts = []
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(model.layers) - 1))
        layer = model.layers[index]
        own = draw(st.sampled_from([*layer.cell.values, *layer.weights]))
        shape = layer.shape(own)
        target = model.qualified(index, own)
        picked = draw(st.integers(0, len(shape)))
        if picked:
            target += f"[{', '.join(str(draw(st.integers(0, n - 1))) for n in shape[:picked])}]"
        number = draw(st.sampled_from([0, 1, -0.5, 0.25]))
        text = draw(
            st.sampled_from(
                [
                    f"set {target} = {number}",
                    f"scale {target} {number}",
                    f"zero {target}",
                    f"noise {target} 0.3 seed {draw(st.integers(0, 3))}",
                ]
            )
        )
        t = draw(st.integers(0, T - 1))
        when = [f"at {t}", f"from {t}", "always"]
        if any(part.reverse for part in model.layers):
            # of the sequence and of states alone there is a timestep in a run of several passes
            once = own in layer.cell.carried or (index == 0 and own == layer.cell.input.name)
            when = when[:1] + when[2:] if once else when[2:]
        texts.append(f"{text} {draw(st.sampled_from(when))}")
    return texts


@given(st.data(), st.integers(0, len(MODELS) - 1))
@settings(max_examples=60, deadline=None)
def test_an_edited_run_is_the_run_by_hand(data: st.DataObject, which: int) -> None:
    model = MODELS[which]
    trace = Trace(model, XS)
    made: list[Edit] = []
    for text in data.draw(edits_of(model)):
        edit = parse_edit(text, model, 0)
        fork = edited(trace, edit)
        made.append(edit)
        expected = by_hand.run(model, XS, made)
        order = data.draw(st.permutations(range(T)))
        for t in order[:4]:
            for name, array in expected[t].items():
                np.testing.assert_allclose(fork.frame(t)[name], array, rtol=1e-9, atol=1e-12)
        # the past is the parent's, to the bit
        past = 0 if any(layer.reverse for layer in model.layers) else fork.origin
        for name in expected[0]:
            before = trace.series(name, 0, past)
            np.testing.assert_array_equal(fork.series(name, 0, past), before)
            straight = np.stack([step[name] for step in fork.frames()])
            np.testing.assert_array_equal(fork.series(name), straight)
        trace = fork


def by_numpy(xs: npt.NDArray[Any], weights: dict[str, npt.NDArray[Any]], f: Any) -> Any:
    """A plain LSTM, whose forget gate at each timestep goes through ``f``."""
    h, c = np.zeros(H), np.zeros(H)
    found = []
    for t, x in enumerate(xs):
        gate = {
            g: weights[f"Wx_{g}"] @ x + weights[f"Wh_{g}"] @ h + weights[f"b_{g}"] for g in "ifgo"
        }
        s = {g: 1 / (1 + np.exp(-a)) for g, a in gate.items()}
        c = f(t, s["f"]) * c + s["i"] * np.tanh(gate["g"])
        h = s["o"] * np.tanh(c)
        found.append(h)
    return np.stack(found)


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("set f_t = 1 at 5", lambda t, f: np.ones(H) if t == 5 else f),
        ("scale f_t 0.5 from 5", lambda t, f: f / 2 if t >= 5 else f),
        ("zero f_t[2] always", lambda _, f: np.where(np.arange(H) == 2, 0, f)),
        ("set f_t[1:3] = 0.1 0.9 from 3", lambda t, f: f if t < 3 else [f[0], 0.1, 0.9, f[3]]),
    ],
)
def test_a_gate_of_an_lstm_in_plain_numpy(text: str, gate: Any) -> None:
    model = wide("LSTM")
    fork = edited(Trace(model, XS), parse_edit(text, model, 0))
    expected = by_numpy(XS, dict(model.layers[0].weights), gate)
    np.testing.assert_allclose(fork.series("h_t"), expected, rtol=1e-9)


ALONE = [name for name in cell_names() if len(load_cell(name).inputs) == 1]


@pytest.mark.parametrize("name", ALONE)
def test_every_value_of_every_cell_can_be_edited(name: str) -> None:
    model = Model((layer_of(name, "layer", D, 0),))
    xs = np.abs(XS.astype(np.float32)).round() if not model.layers[0].cell.input.shape else XS
    if not model.layers[0].cell.input.shape:
        xs = xs[:, :1]
    session = Session(Trace(model, xs.astype(np.float32)))
    session.goto(3)
    for value in session.trace.model.layers[0].cell.values:
        for tail in ("at 3", "from 3", "always"):
            session.edit(f"set {value} = 0.25 {tail}")
            found = session.trace.frame(3)[value]
            layer = session.trace.model_at(3).layers[0]
            made = layer.cell.equation(value) is not None
            if made or tail == "at 3":
                assert (found == np.float32(0.25)).all(), (value, tail)
            for line in range(len(layer.cell.equations)):
                session.goto_line(0, line)
                session.frame()
            session.undo()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("target", ["f_t", "h_prev", "x_t", "Wh_f[0, 1]"])
def test_what_is_too_large_for_the_dtype_is_infinite(target: str) -> None:
    layer = layer_of("LSTM", "lstm", D, 0)
    weights = {name: np.asarray(w, np.float16) for name, w in layer.weights.items()}
    session = Session(Trace(Model((build_layer("lstm", layer.cell, weights),)), XS))
    for when in ("at 3", "from 3", "always"):
        session.edit(f"set {target} = 1e9 {when}")
        step = session.trace.frame(3)
        assert step["h_t"].dtype == np.float16
        name, _, entry = target.partition("[")
        found = step.model.layers[0].weights["Wh_f"][0, 1] if entry else step[name]
        assert (np.isinf(found) == (when == "at 3" or name in ("f_t", "Wh_f"))).all()
        session.undo()


def test_what_is_shown_is_what_runs() -> None:
    session = Session(Trace(wide("LSTM"), XS))
    session.edit("scale i_t 0.5 at 3")
    shown = {}
    for t in (2, 3, 4):
        session.goto(t)
        cell = session.frame().layer.cell
        shown[t] = cell.equation("i_t").text  # type: ignore[union-attr]
    assert shown == {2: "sigmoid(a_i)", 3: "sigmoid(a_i) * i_t_scale", 4: "sigmoid(a_i)"}
    assert session.trace.model_at(3).layers[0].weights["i_t_scale"].tolist() == [0.5] * H
    assert session.trace.model_at(2) is session.trace.model_at(4)


def test_the_last_of_several_edits_of_what_is_read_wins() -> None:
    model = wide("LSTM")
    trace = edited(Trace(model, XS), parse_edit("scale h_prev 0.5 always", model, 0))
    trace = edited(trace, parse_edit("set h_prev = 1 always", trace.model, 0))
    ones = model.layers[0].weights["Wh_i"].sum(axis=1)
    np.testing.assert_allclose(trace.frame(4)["Wh_h_i"], ones)


def test_layers_against_time_are_edited_for_the_whole_run() -> None:
    forward = layer_of("LSTM", "up", D, 0)
    backward = build_layer("down", load_cell("GRU"), dict(layer_of("GRU", "down", H, 1).weights))
    model = Model((forward, backward.replaced(reverse=True)))
    xs = XS.astype(np.float32)
    trace = Trace(model, xs)
    for text in (
        "set up/f_t = 1 at 3",
        "zero down/h_t[2] from 4",
        "set down/Wh_z[0, 1] = 0.2 at 3",
    ):
        with pytest.raises(InputError, match=r"'down' runs backwards: .* whole run, 'always'"):
            edited(trace, parse_edit(text, model, 0))
    fork = edited(trace, parse_edit("zero down/h_t[2] always", model, 0))
    assert not fork.series("down/h_t")[:, 2].any()
    fork = edited(fork, parse_edit("set down/h_prev = 0.5 at 9", model, 0))
    fork = edited(fork, parse_edit("scale up/h_prev 2 at 3", model, 0))
    fork = edited(fork, parse_edit("set up/x_t[0] = 4 at 2", model, 0))
    assert fork.frame(9)["down/h_prev"].tolist() == [0.5] * H
    assert not fork.series("down/h_t")[:, 2].any()
    held = np.array(xs)
    held[2, 0] = 4
    plain = Trace(model, held)
    np.testing.assert_array_equal(fork.series("up/h_t", 0, 3), plain.series("up/h_t", 0, 3))
    np.testing.assert_array_equal(fork.frame(3)["up/h_prev"], 2 * plain.frame(2)["up/h_t"])
    expected = plain.fork(3, state={"up/h_prev": 2 * plain.frame(2)["up/h_t"]})
    np.testing.assert_array_equal(fork.series("up/h_t"), expected.series("up/h_t"))

"""A shadow beside the exact run: what it does otherwise, what that costs, and where it clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import InputError, Model, Session, Trace, build_layer, load_cell
from rnnstep.check import Tolerance
from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import perform, performing
from rnnstep.equations import parse, to_text
from rnnstep.layer import Link
from rnnstep.progress import Progress
from rnnstep.render.check import divergence_text
from rnnstep.render.shadow import as_data, as_text
from rnnstep.saving import save_model
from rnnstep.shadow import (
    FORMATS,
    Shadow,
    Span,
    Study,
    observe,
    shadow_model,
    shadow_reference,
    shadow_trace,
    steps_of,
    with_ranges,
)
from rnnstep.weights import load_model
from tests.debugger.integers import lstm as integer_lstm
from tests.debugger.runs import D, H, inputs, layer_of, session_of, stack

T = 30
STATE = {"h_prev": [0.3, -0.6, 0.1, 0.5], "c_prev": [1.5, -0.4, 0.2, -1.1]}


def trace(dtype: str = "float32", seed: int = 0) -> Trace:
    """An LSTM from a state that is not zero."""
    layer = layer_of("LSTM", "lstm", D, seed)
    model = Model((build_layer("lstm", layer.cell, layer.weights, dtype),))
    return Trace(model, inputs(T), STATE)


def study(text: str, run: Trace | None = None, **limits: float) -> Study:
    run = run or trace()
    spans = observe(run)
    return Study(run, Shadow.parse(text), spans, with_ranges(spans, run.model, limits))


@pytest.mark.parametrize("form", ["int8", "int16"])
def test_integers_are_those_of_an_integer_kernel(form: str) -> None:
    exact = trace("float64")
    run = shadow_trace(exact, Shadow.parse(form))
    scales = {name: step for (_, name), step in steps_of(run.model).items()}
    layer = exact.model.layers[0]
    state = [np.array(values) for values in STATE.values()]
    most = FORMATS[form].levels
    theirs = integer_lstm(dict(layer.weights), scales, most, exact.xs.astype(np.float64), *state)
    assert theirs.keys() == scales.keys()
    for name, whole in theirs.items():
        ours = run.series("x_q" if name == "x_t" else name)
        np.testing.assert_allclose(ours, np.stack(whole) * scales[name], atol=1e-12)
    assert np.abs(run.series("h_t") - exact.series("h_t")).max() > 1e-5


def test_a_step_reaches_as_far_as_the_value_goes_and_hardly_farther() -> None:
    exact = trace()
    for (_, name), step in steps_of(shadow_trace(exact, Shadow.parse("int8")).model).items():
        largest = float(np.abs(exact.series(name)).max())
        assert largest <= 127 * step <= 1.001 * largest


@pytest.mark.parametrize("limit", [0.0, 1e-40, 0.1, 0.9999, 1.0, 127.0, 1e30])
def test_a_step_has_four_digits_at_the_most(limit: float) -> None:
    step = FORMATS["int8"].step(limit)
    assert step * 127 >= limit
    assert step == float(f"{step:.3e}") > 0


def test_the_lines_say_what_is_done() -> None:
    model = shadow_trace(trace(), Shadow.parse("int8 table:64")).model
    cell = model.layers[0].cell
    texts = {e.name: e.text for e in cell.equations}
    steps = {name: f"{step:.4g}" for (_, name), step in steps_of(model).items()}
    assert texts["x_q"] == f"quantize(x_t, {steps['x_t']}, -127, 127)"
    assert texts["Wx_x_i"] == "Wx_i @ x_q"
    assert texts["f_t"] == f"quantize(table_sigmoid(a_f, 64, 8), {steps['f_t']}, -127, 127)"
    assert texts["h_t"] == f"quantize(o_t * table_tanh(c_t, 64, 4), {steps['h_t']}, -127, 127)"
    assert cell.options == {"activation": "table_tanh", "recurrent_activation": "table_sigmoid"}
    for equation in cell.equations:
        assert parse(equation.text, cell.shapes) == equation.node
        assert to_text(equation.node) == equation.text


@pytest.mark.parametrize("form", ["float16", "bfloat16"])
def test_every_value_is_in_a_float_format(form: str) -> None:
    run = shadow_trace(trace(), Shadow.parse(form))
    bits = {"float16": 13, "bfloat16": 16}[form]
    for name in run.model.value_names:
        low = run.series(name).view(np.uint32) & ((1 << bits) - 1)
        assert name == "x_t" or not low.any()
    for array in run.model.layers[0].weights.values():
        assert not (array.view(np.uint32) & ((1 << bits) - 1)).any()


def test_weights_alone_and_by_row() -> None:
    exact = trace().model.layers[0].weights
    for text, axis in (("int8 weights-only", None), ("int8 weights-only per-row", 1)):
        model = shadow_trace(trace(), Shadow.parse(text)).model
        layer = model.layers[0]
        assert [e.name for e in layer.cell.equations] == [
            e.name for e in trace().model.layers[0].cell.equations
        ]
        step = np.abs(exact["Wh_f"]).max(axis=axis, keepdims=True) / 127
        levels = layer.weights["Wh_f"] / step
        np.testing.assert_allclose(levels, np.rint(levels), atol=1e-4)
        assert np.abs(layer.weights["Wh_f"] - exact["Wh_f"]).max() <= step.max() / 2 + 1e-7
        np.testing.assert_array_equal(layer.weights["b_f"], exact["b_f"])


def test_hard_functions_are_the_frameworks_ones() -> None:
    for said, name in (("hard", "hard_sigmoid"), ("hard2", "hard_sigmoid_keras2")):
        layer = layer_of("LSTM", "lstm", D, 0)
        cell = load_cell("LSTM", {"recurrent_activation": name})
        other = Trace(Model((build_layer("lstm", cell, layer.weights),)), inputs(T), STATE)
        run = shadow_trace(trace(), Shadow.parse(said))
        np.testing.assert_array_equal(run.series("h_t"), other.series("h_t"))


def test_masks_and_what_is_held_stay_as_they_are() -> None:
    cell = load_cell("LSTM", hold_at_padding=True)
    weights = layer_of("LSTM", "lstm", D, 0).weights
    links = (Link("mask"), Link("mask", "m_t"))
    masking = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    model = Model((masking, build_layer("lstm", cell, weights, reads=links)))
    xs = inputs(T).copy()
    # so small that integers have none of it, but no padding
    xs[4] = 1e-6
    xs[T - 5 :] = 0
    run = shadow_trace(Trace(model, xs), Shadow.parse("int8"))
    np.testing.assert_array_equal(run.series("m_t"), Trace(model, xs).series("m_t"))
    assert run.series("m_t").sum() == T - 5
    np.testing.assert_array_equal(run.series("h_t", T - 5), np.tile(run.frame(T - 6).h_t, (5, 1)))
    texts = {e.name: e.text for e in run.model.layers[1].cell.equations}
    assert texts["h_t"] == "where(m_t, h_new, h_prev)"
    assert texts["x_q"].startswith("quantize(x_t")


def test_what_is_rounded_is_not_rounded_again_where_it_is_read() -> None:
    links = (Link(),), (Link("f"), Link("b"))
    halves = [
        layer_of("LSTM", name, D, seed).replaced(name=name, reverse=seed == 2, reads=links[0])
        for seed, name in ((1, "f"), (2, "b"))
    ]
    both = build_layer("both", load_cell("BidirectionalConcat"), {}, np.float32, reads=links[1])
    over = layer_of("Dense", "over", 2 * H, 3)
    model = shadow_trace(Trace(Model((*halves, both, over)), inputs(T)), Shadow.parse("int8")).model
    texts = [{e.name: e.text for e in layer.cell.equations} for layer in model.layers]
    assert ["x_q" in text for text in texts] == [True, True, False, False]
    assert texts[2] == {"y_t": "concat(f_t, b_t)"}
    assert texts[3]["W_x"] == "W @ x_t"


@pytest.mark.parametrize("text", ["int8", "float16"])
def test_a_number_that_all_entries_share_stays_as_it_is(text: str) -> None:
    norm = build_layer("norm", load_cell("LayerNorm"), {"gamma": np.ones(D), "beta": np.ones(D)})
    model = shadow_trace(Trace(Model((norm,)), inputs(T)), Shadow.parse(text)).model
    cell = model.layers[0].cell
    rounds = {e.name: e.text.startswith(("quantize", "float16")) for e in cell.equations}
    expected = {"x_q": True, "centred": True, "variance": False, "scaled": True, "y_t": True}
    assert rounds == expected


def test_numbers_of_rows_stay_as_they_are() -> None:
    table = np.random.default_rng(0).normal(size=(300, D)).astype(np.float32)
    embedding = build_layer("table", load_cell("Embedding"), {"E": table})
    model = Model((embedding, layer_of("GRU", "gru", D, 1)))
    exact = Trace(model, np.array([[299.0], [7.0], [150.0]]))
    run = shadow_trace(exact, Shadow.parse("int8"))
    np.testing.assert_allclose(run.series("table/y_t"), table[[299, 7, 150]], atol=0.03)


def test_a_weight_that_is_one_number_is_rounded_to_floats_alone() -> None:
    exact = Model((build_layer("net", load_cell("ComputeStates"), {"wx": 1.1, "wRec": 0.3}),))
    for text, rounded in (("float16", np.float16(1.1)), ("int8", 1.1)):
        model = shadow_model(exact, Shadow.parse(f"{text} weights-only"), {})
        assert float(model.layers[0].weights["wx"]) == float(rounded)


def test_a_layer_against_time_starts_from_its_rounded_state() -> None:
    layer = layer_of("LSTM", "lstm", D, 0).replaced(reverse=True)
    exact = Trace(Model((layer,)), inputs(T), STATE)
    turned = Trace(Model((layer.replaced(reverse=False),)), inputs(T)[::-1], STATE)
    shadow = Shadow.parse("int8")
    ours, theirs = (shadow_trace(run, shadow).series("h_t") for run in (exact, turned))
    np.testing.assert_array_equal(ours, theirs[::-1])
    start = shadow_trace(exact, shadow).carried_into(T - 1)[0]["h_prev"]
    assert 0 < np.abs(start - np.array(STATE["h_prev"])).max() < 0.01


def test_a_fork_has_the_shadow_of_its_edits() -> None:
    exact = trace()
    fork = exact.fork(5, x_t=[1.0, -1.0, 0.5], state={"c_prev": [0.1, 0.2, 0.3, 0.4]})
    shadow = Shadow.parse("int16")
    apart = shadow_trace(fork, shadow).series("h_t") - fork.series("h_t")
    assert 0 < np.abs(apart).max() < 1e-3
    session = session_of(exact.model)
    # a format that does not clip: its ranges are those of the run before the edit
    half = Shadow.parse("float16")
    session.expect(shadow_reference(session.trace, half), Tolerance(0.01, 0.0))
    session.trace = session.trace.fork(5, state={"c_prev": [0.1, 0.2, 0.3, 0.4]})
    known = session.comparison
    assert known is not None
    assert 0 < known.worst < 0.01


EDITS = [
    "set h_t[1] = 0.5 from 6",
    "scale i_t 0.25 always",
    "set Wh_h_f[2] = 3 from 4",
    "noise c_prev 0.5 seed 3 from 9",
    "set x_t[0] = 2 from 7",
    "hold x_t from 3",
    "scale Wh_o[0] -2 always",
    "set b_f = 4 from 5",
]


@pytest.mark.parametrize("text", EDITS)
@pytest.mark.parametrize("form", ["float16", "int16"])
def test_a_fork_has_the_shadow_of_what_it_runs(text: str, form: str) -> None:
    session, shadow = Session(trace()), Shadow.parse(form)
    before = session.trace
    session.edit(text)
    # wide ranges: an edit leads beyond those of the run before it
    spans = {place: Span(-8.0, 8.0) for place in observe(before)}
    exact = session.trace.series("h_t")
    run = shadow_trace(session.trace, shadow, spans)
    assert np.abs(exact - before.series("h_t")).max() > 0.05
    assert np.abs(run.series("h_t") - exact).max() < 0.02
    start = session.trace.origin
    past = shadow_trace(before, shadow, spans).series("h_t")[:start]
    np.testing.assert_array_equal(run.series("h_t")[:start], past)


@pytest.mark.parametrize("form", ["float16", "int8", "int8/int16"])
def test_forks_of_forks_have_the_shadows_of_all_their_edits(form: str) -> None:
    session, shadow = Session(trace()), Shadow.parse(form)
    spans = observe(session.trace)
    for text in ("scale i_t 0.25 always", "set Wh_f[1, 0:2] = 1.5 always", "set h_t[1] = 0 always"):
        session.edit(text)
    model = shadow_model(session.trace.model, shadow, spans)
    run = shadow_trace(session.trace, shadow, spans)
    assert run.model.layers[0].cell.equations == model.layers[0].cell.equations
    state = {name: run.carried_into(0)[0][name] for name in STATE}
    expected = Trace(model, inputs(T), state)
    np.testing.assert_array_equal(run.series("h_t"), expected.series("h_t"))
    # later in the chain, and of one entry of a state alone: the others are the shadow's own
    session.edit("set c_prev[2] = 0.25 at 12")
    later = shadow_trace(session.trace, shadow, spans)
    own, given = run.carried_into(12)[0]["c_prev"], later.carried_into(12)[0]["c_prev"]
    np.testing.assert_array_equal(np.delete(given, 2), np.delete(own, 2))
    assert given[2] == pytest.approx(0.25, abs=0.02)
    np.testing.assert_array_equal(later.series("h_t")[:12], run.series("h_t")[:12])


def test_an_edited_state_is_in_the_format_and_products_stay_exact() -> None:
    session, shadow = Session(trace()), Shadow.parse("int8")
    spans = observe(session.trace)
    session.edit("set c_prev = 0.3333 at 5")
    session.edit("set x_t[0] = 0.3333 from 5")
    session.edit("set Wx_x_i[0] = 0.3333 from 5")
    run = shadow_trace(session.trace, shadow, spans)
    step = FORMATS["int8"].step(spans[0, "c_t"].limit)
    carried = run.carried_into(5)[0]["c_prev"] / step
    np.testing.assert_allclose(carried, np.round(carried), atol=1e-3)
    cell = run.model_at(5).layers[0].cell
    lines = {equation.name: equation.text for equation in cell.equations}
    assert lines["x_q"].startswith("quantize(where(x_t_at, x_t_set, x_t), ")
    assert lines["Wx_x_i"] == "where(Wx_x_i_at, Wx_x_i_set, Wx_i @ x_q)"


@pytest.mark.parametrize("text", ["float16", "int8 table:64"])
def test_any_timestep_has_the_same_bits_however_it_is_reached(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnstep.blocks._LONGEST", 4)
    monkeypatch.setattr("rnnstep.blocks._LONGEST_COMPILED", 8)
    monkeypatch.setattr("rnnstep.blocks._SHORTEST", 4)
    whole = shadow_trace(trace(), Shadow.parse(text))
    series = {name: whole.series(name) for name in whole.model.value_names}
    again = shadow_trace(trace(), Shadow.parse(text))
    for t in (17, 3, 29, 16, 0):
        for name, expected in series.items():
            np.testing.assert_array_equal(again.frame(t)[name], expected[t])


def test_what_is_clipped_where() -> None:
    exact = trace()
    limit = 0.5 * float(np.abs(exact.series("c_t")).max())
    found = study("int8", exact, c_t=limit)
    (clipped,) = [one for one in found.clippings if one.name == "c_t"]
    assert clipped.limit == pytest.approx(limit, rel=1e-3)
    c_prev, f, i, g = (found.run.series(name) for name in ("c_prev", "f_t", "i_t", "g_t"))
    # what is nearest to the last number there is was rounded to it, and not clipped
    over = np.abs(f * c_prev + i * g) > clipped.limit * (1 + 0.5 / 127)
    assert over.any()
    np.testing.assert_array_equal(clipped.over_time, over.sum(axis=1))
    np.testing.assert_array_equal(clipped.over_units, over.sum(axis=0))
    assert clipped.times.tolist() == np.flatnonzero(over.any(axis=1)).tolist()
    assert clipped.entries == over.size
    assert np.abs(found.run.series("c_t")).max() == pytest.approx(clipped.limit)
    assert not sum(one.count for one in study("int8").clippings if one.name == "x_t")


def test_what_is_less_than_half_a_step_beyond_the_range_is_not_clipped() -> None:
    dense = build_layer("net", load_cell("Dense"), {"W": np.ones((1, 1)), "b": np.zeros(1)})
    exact = Trace(Model((dense,)), np.array([[0.5], [1.003], [-1.003], [1.01], [-1.01]]))
    found = study("int8", exact, x_t=1.0)
    assert found.clippings[0].over_time.tolist() == [0, 0, 0, 1, 1]


def test_what_float16_has_no_number_for_is_clipped() -> None:
    layer = layer_of("LSTM", "lstm", D, 0)
    weights = {name: np.array(array) for name, array in layer.weights.items()}
    weights["b_f"][2] = 7e4
    exact = Trace(Model((build_layer("lstm", layer.cell, weights),)), inputs(T))
    found = {one.name: one for one in study("float16", exact).clippings}
    assert found["a_f"].over_units.tolist() == [0, 0, T, 0]
    assert found["a_f"].reached == np.inf
    assert found["f_t"].count == 0


def test_each_part_alone() -> None:
    found = study("int8 table:32")
    assert list(found.alone) == ["weights", "activations", "functions"]
    alone = Shadow(activations="int8")
    apart = shadow_trace(found.trace, alone).series("h_t") - found.trace.series("h_t")
    assert found.alone["activations"][0] == pytest.approx(float(np.abs(apart).max()))
    assert study("int8 weights-only").alone == {}


def test_finer_formats_lose_less() -> None:
    run = Trace(stack(), inputs(T))
    worst = [study(form, run).comparison.worst for form in ("int16", "float16", "bfloat16", "int8")]
    assert worst == sorted(worst)
    assert 0 < worst[0] < 1e-3


def test_what_is_told() -> None:
    found = study("int8 table:64", c_t=0.4)
    text = "\n".join(as_text(found))
    data = as_data(found)
    (c,) = [one for one in data["values"] if one["name"] == "c_t"]
    count = c["clipped"]["count"]
    row = next(line for line in text.splitlines() if line.startswith("c_t "))
    assert f"{count} of {T * H}" in row
    assert f"{c['step']:.4g}" in row
    assert f"c_t  {c['clipped']['limit']:.4g} of " in text
    assert "functions alone" in text
    first = found.comparison.first
    assert first is not None
    assert f"over 0.01 from {divergence_text(found.comparison, first)}" in text
    assert "shadow " in divergence_text(found.comparison, first)
    assert data["equations"]["lstm"]["x_q"].startswith("quantize(")
    assert "the error is never over 0.01" in "\n".join(as_text(study("int16")))


def test_rounded_weights_are_written_and_read_again(tmp_path: Path) -> None:
    found = study("bfloat16 table:64")
    save_model(found.rounded, tmp_path / "w.npz")
    model = load_model(tmp_path / "w.npz")
    assert [e.text for e in model.layers[0].cell.equations] == [
        e.text for e in found.trace.model.layers[0].cell.equations
    ]
    for name, array in found.run.model.layers[0].weights.items():
        np.testing.assert_array_equal(model.layers[0].weights[name], array)


@pytest.mark.parametrize("text", ["int8", "bfloat16 table:256", "hard", "int8/int16 hard2 per-row"])
def test_a_shadow_and_its_text(text: str) -> None:
    assert str(Shadow.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "say what the shadow is"),
        ("int9", "did you mean 'int8'"),
        ("int8/", "is the weights' format and the values'"),
        ("int8/int9", "did you mean 'int8'"),
        ("int8 int16", "one shadow at a time"),
        ("int8 table:1", "2 to 65536 entries"),
        ("int8 hard3", "no functions 'hard3'"),
        ("weights-only", "say what the shadow is"),
    ],
)
def test_what_is_no_shadow(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Shadow.parse(text)


def test_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="float16 has not the digits for integers"):
        shadow_trace(trace("float16"), Shadow.parse("int16"))
    with pytest.raises(InputError, match="above 0, not 0"):
        study("int8", c_t=0.0)
    with pytest.raises(InputError, match="the weights stay as they are"):
        _ = study("hard").rounded
    spans = observe(trace())
    assert shadow_model(trace().model, Shadow.parse("int8"), spans).layers[0].cell.output == "h_t"


def test_a_shadow_in_parts_is_the_same_and_nothing_until_its_end() -> None:
    whole, parts = session_of(), session_of()
    expected = perform(whole, *parse_command("shadow int8"))
    steps = performing(parts, *parse_command("shadow int8"))
    assert isinstance(next(steps), Progress)
    steps.close()
    assert parts.comparison is None
    assert perform(parts, *parse_command("shadow int8")).text == expected.text
    assert parts.comparison is not None
    assert whole.comparison is not None
    for one, other in zip(parts.comparison.values, whole.comparison.values, strict=True):
        np.testing.assert_array_equal(one.error, other.error)

"""From a number to what it came from: each part is really read there, and counts as it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import (
    ExpressionError,
    InputError,
    Layer,
    Model,
    Session,
    Trace,
    UnknownNameError,
    build_layer,
    load_cell,
)
from rnnstep.cells import Cell
from rnnstep.commands.provenance import memory, why
from rnnstep.frame import Cursor
from rnnstep.provenance import Branch, Cause, End, Kind, causes, number, parts_of
from rnnstep.trace import INITIAL
from tests.debugger.runs import D, H, inputs, layer_of, lstm, session_of, stack
from tests.debugger.test_memory import layer_from, masked_run
from tests.time.test_directions import STATE, both
from tests.time.test_trace import inputs as short_inputs

T = 40


def at(trace: Trace, t: int, value: str, unit: int) -> Cause:
    layer, name = trace.model.resolve(value)
    lines = [equation.name for equation in trace.model.layers[layer].cell.equations]
    return number(trace, Cursor(t, layer, lines.index(name), unit))


def places(found: list[Cause]) -> set[tuple[str, int, int]]:
    return {(cause.name, cause.t, cause.unit) for cause in found}


@given(st.integers(0, T - 1), st.integers(0, 33), st.integers(0, H - 1), st.integers(0, 20))
def test_every_cause_is_the_number_that_its_reader_read(
    t: int, line: int, unit: int, seed: int
) -> None:
    trace = Trace(stack(seed), inputs(T))
    counts = [len(layer.cell.equations) for layer in trace.model.layers]
    layer, line = (0, line) if line < counts[0] else (1, line - counts[0])
    reader = number(trace, Cursor(t, layer, line, unit))
    found = causes(trace, reader)
    assert found, "every line of these cells is made of values"
    assert [cause.share for cause in found] == sorted((c.share for c in found), reverse=True)
    for cause in found:
        assert 0 < cause.share <= 1
        if cause.kind is Kind.LINE:
            made = trace.frame(cause.t).layers[cause.layer][cause.name]
            assert made.reshape(-1)[cause.unit] == cause.value
        elif cause.kind is Kind.SEQUENCE:
            assert trace.input_at(t)[cause.unit] == cause.value


def test_terms_of_a_sum_share_it_by_size() -> None:
    trace = Trace(lstm(), inputs())
    values = trace.frame(7).layers[0]
    bias = trace.model.layers[0].weights["b_i"][2]
    sizes = {"Wx_x_i": values["Wx_x_i"][2], "Wh_h_i": values["Wh_h_i"][2], "b_i": bias}
    total = sum(abs(float(size)) for size in sizes.values())
    found = {cause.name: cause for cause in causes(trace, at(trace, 7, "a_i", 2))}
    assert found.keys() == sizes.keys()
    for name, size in sizes.items():
        assert found[name].share == pytest.approx(abs(float(size)) / total)
    assert (found["b_i"].kind, found["Wx_x_i"].kind) == (Kind.WEIGHT, Kind.LINE)


def test_terms_of_a_product_are_the_largest_with_their_weights() -> None:
    trace = Trace(lstm(), inputs())
    weights = trace.model.layers[0].weights["Wh_g"][1]
    before = trace.frame(8)["h_t"]
    terms = np.abs(weights * before).astype(np.float64)
    found = causes(trace, at(trace, 9, "Wh_h_g", 1), breadth=3)
    assert [cause.unit for cause in found] == np.argsort(-terms)[:3].tolist()
    for cause in found:
        assert (cause.name, cause.t) == ("h_t", 8)
        assert cause.share == pytest.approx(terms[cause.unit] / terms.sum())
        assert cause.weight is not None
        assert cause.weight.place == (1, cause.unit)
        assert cause.weight.value == weights[cause.unit]


def test_factors_count_whole_and_a_function_as_its_argument() -> None:
    trace = Trace(lstm(), inputs())
    found = {cause.name: cause.share for cause in causes(trace, at(trace, 7, "h_t", 0))}
    assert found == {"o_t": 1.0, "c_t": 1.0}
    values = trace.frame(7)
    kept, wrote = values["f_t"][3] * values["c_prev"][3], values["i_t"][3] * values["g_t"][3]
    share = float(abs(kept) / (abs(kept) + abs(wrote)))
    cell = causes(trace, at(trace, 7, "c_t", 3))
    assert {(cause.name, cause.t): pytest.approx(cause.share, rel=1e-5) for cause in cell} == {
        ("f_t", 7): share,
        ("c_t", 6): share,
        ("i_t", 7): 1 - share,
        ("g_t", 7): 1 - share,
    }


LINES: dict[str, list[tuple[str, int, float]]] = {
    "x_t[2] * k": [("x_t", 2, 1.0)],
    "(x_t - 1)[1:3] @ M[1:3]": [("x_t", 1, 0.2 * 2 / 3), ("x_t", 2, 0.8 * 3 / 4)],
    "max(x_t)": [("x_t", 2, 1.0)],
    "min(x_t)": [("x_t", 0, 1.0)],
    "norm(x_t)": [("x_t", 2, 9 / 14), ("x_t", 1, 4 / 14), ("x_t", 0, 1 / 14)],
    "sum(x_t * k)": [("x_t", 2, 3 / 6), ("x_t", 1, 2 / 6), ("x_t", 0, 1 / 6)],
    "sum(x_t * x_t)": [("x_t", 2, 9 / 14), ("x_t", 1, 4 / 14), ("x_t", 0, 1 / 14)],
    "clip(x_t[1], -k, k)": [("x_t", 1, 1.0)],
    "x_t[0] - 3": [("x_t", 0, 0.25)],
    "x_t[0] > k": [("x_t", 0, 1.0)],
    "-x_t[0] / x_t[1]": [("x_t", 0, 1.0), ("x_t", 1, 1.0)],
    "where(x_t[0] > 0, x_t[1], x_t[2])": [("x_t", 0, 1.0), ("x_t", 1, 1.0)],
    "x_t[0] * x_t[0]": [("x_t", 0, 1.0)],
    "k * k": [("k", 0, 1.0)],
    "x_t[0] + k": [("k", 0, 2 / 3), ("x_t", 0, 1 / 3)],
}


@pytest.mark.parametrize("line", LINES)
def test_each_form_of_a_line(line: str) -> None:
    declared = "input x_t: input\nweight k: scalar\nweight M: input\n"
    text = f"{declared}rest_t = sum(x_t * k * M)\ny_t = {line}\n"
    cell = Cell.from_text(text, "own", "own.txt")
    layer = build_layer("own", cell, {"k": 2.0, "M": [0.0, 1.0, 2.0]})
    values = {"x_t": np.array([1, 2, 3], np.float32)}
    node = cell.equations[-1].node
    found = {(p.name, p.entry): p.share for p in parts_of(layer, node, values, 0)}
    expected = {(name, entry): share for name, entry, share in LINES[line]}
    assert found == pytest.approx(expected)


def test_a_half_that_runs_against_time_comes_from_what_is_later() -> None:
    trace = Trace(both(), short_inputs(), STATE)
    last = len(trace) - 1
    joined = causes(trace, at(trace, 5, "both/y_t", 6))
    assert places(joined) == {("h_t", 5, 2)}
    assert trace.model.layers[joined[0].layer].name == "b"
    assert {c.t for c in causes(trace, at(trace, 5, "b/Wh_h_i", 2))} == {6}
    assert {c.t for c in causes(trace, at(trace, 5, "f/Wh_h_i", 2))} == {4}
    for t, half in ((last, "b"), (0, "f")):
        found = causes(trace, at(trace, t, f"{half}/Wh_h_i", 2))
        assert {c.kind for c in found} == {Kind.INITIAL}
        assert {c.value for c in found} == {np.float32(v) for v in STATE[f"{half}/h_prev"]}


def test_what_a_half_ends_with_is_of_its_last_timestep() -> None:
    trace = Trace(both(final=True), short_inputs(), STATE)
    (found,) = causes(trace, at(trace, 9, "both/y_t", 5))
    assert (found.name, found.t, found.unit) == ("h_t", 0, 1)


def test_padding_comes_from_the_mask_and_from_what_was_held() -> None:
    trace = masked_run("GRU")
    assert places(causes(trace, at(trace, 11, "held/h_t", 1))) == {("m_t", 11, 0), ("h_t", 10, 1)}
    assert places(causes(trace, at(trace, 9, "held/h_t", 1))) == {("m_t", 9, 0), ("h_new", 9, 1)}


def test_an_embedding_comes_from_the_number_of_its_row() -> None:
    table = build_layer("emb", load_cell("Embedding"), {"E": np.arange(12.0).reshape(4, 3)})
    trace = Trace(Model((table, layer_of("GRU", "gru", 3, 1))), [[2], [0], [3]])
    (read,) = causes(trace, at(trace, 2, "gru/Wx_x_n", 0), breadth=1)
    (row,) = causes(trace, read)
    assert (row.kind, row.name, row.value) == (Kind.SEQUENCE, "x_t", 3.0)


def test_nan_leads_to_the_input_that_was_none() -> None:
    xs = inputs()
    xs[20, 1] = np.nan
    session = Session(Trace(stack(), xs))
    session.goto(23)
    path = session.why("gru/h_t[0]", count=400)
    assert all(np.isnan(branch.cause.value) for branch in path.branches)
    ends = {(c.cause.name, c.cause.t, c.cause.unit) for c in path.branches if ended(c)}
    assert ends == {("x_t", 20, 1)}


def ended(branch: Branch) -> bool:
    return branch.cause.kind is not Kind.LINE


def test_an_edited_state_is_where_a_path_ends() -> None:
    trace = Trace(lstm(), inputs()).fork(20, state={"c_prev": [5.0, -5.0, 1.0, 2.0]})
    found = {cause.name: cause for cause in causes(trace, at(trace, 20, "c_t", 1))}
    assert (found["c_prev"].kind, found["c_prev"].value) == (Kind.EDITED, -5.0)
    assert causes(trace, found["c_prev"]) == []


def test_a_path_is_bounded_and_finds_first_what_counts_most() -> None:
    session = session_of(stack())
    session.goto(30)
    path = session.why("gru/h_t[1]", count=100)
    assert len(path.branches) == 100
    wholes = [branch.whole for branch in path.branches]
    assert wholes == sorted(wholes, reverse=True)
    assert max(b.depth for b in session.why("gru/h_t[1]", 300, depth=3).branches) == 3
    assert len(session.why("gru/h_t[1]", 1).branches) == 1


def test_a_path_is_a_tree_that_follows_each_number_once() -> None:
    session = session_of()
    session.goto(30)
    path = session.why("h_t[1]", count=300)
    order = path.order
    assert sorted(order) == list(range(300))
    seen: set[int] = {-1}
    for place in order:
        branch = path.branches[place]
        assert branch.parent in seen
        seen.add(place)
    followed = {branch.parent for branch in path.branches}
    numbers = [
        (b.cause.name, b.cause.t, b.cause.unit)
        for place, b in enumerate(path.branches)
        if place in followed
    ]
    assert len(numbers) == len(set(numbers))
    assert any(branch.again for branch in path.branches)


def test_a_value_is_asked_for_by_name_and_entry() -> None:
    session = session_of(stack())
    session.goto(12)
    session.goto_value("gru/z_t")
    session.goto_unit(2)

    def asked(text: str) -> tuple[str, str, int, int]:
        cause = session.why(text, 1).branches[0].cause
        return session.trace.model.layers[cause.layer].name, cause.name, cause.t, cause.unit

    assert asked("") == ("gru", "z_t", 12, 2)
    assert asked("3") == ("gru", "z_t", 12, 3)
    assert asked("h_t") == ("gru", "h_t", 12, 2)
    assert asked(" lstm/c_t[-1] ") == ("lstm", "c_t", 12, 3)
    assert asked("h_prev[1]") == ("gru", "h_t", 11, 1)
    assert asked("gru/x_t[1]") == ("lstm", "h_t", 12, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("h_t[9]", "index 9 is outside: 0 to 3"),
        ("9", "no unit 9: this value has 0 to 3"),
        ("h_t + 1", "give one entry of a value, as h_t"),
        ("h_t[0:2]", "give one entry of a value, as h_t"),
        ("x_t[0]", "this is given: no line made it"),
        ("Wx_i", "no value 'Wx_i'"),
        ("h_x", "unknown name 'h_x'"),
    ],
)
def test_what_is_no_entry_of_a_value_is_refused_in_a_line(text: str, told: str) -> None:
    for ask in (session_of().why, session_of().memory):
        with pytest.raises((ExpressionError, InputError, UnknownNameError)) as caught:
            ask(text)
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_number_of_any_length_is_refused_in_a_line() -> None:
    for ask in (session_of().why, session_of().memory, session_of().inputs):
        with pytest.raises((ExpressionError, InputError)) as caught:
            ask("9" * 5000)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_before_the_first_timestep_only_a_state_has_a_path() -> None:
    session = session_of()
    session.goto(INITIAL)
    (only,) = session.why("h_t[1]").branches
    assert only.cause.kind is Kind.INITIAL
    with pytest.raises(InputError, match="has no value"):
        session.why("f_t[1]")
    with pytest.raises(ExpressionError, match="this is given"):
        session.why("h_prev[1]")
    with pytest.raises(InputError, match="nothing was written: go to one"):
        session.memory()


def test_the_memory_is_of_the_state_that_is_meant() -> None:
    session = session_of(stack())
    session.goto(12)
    session.goto_value("lstm/f_t")
    session.goto_unit(2)
    found = session.memory()
    assert (found.layer, found.name, found.unit) == (0, "c_t", 2)
    assert session.memory("3").unit == 3
    assert session.memory("gru/h_t[1]").name == "h_t"
    assert session.memory("gru/n_t[1]").layer == 1
    session.goto_value("lstm/h_t")
    assert session.memory().name == "c_t"
    with pytest.raises(InputError, match=r"hₜ = oₜ × tanh\(cₜ\) keeps nothing"):
        session.memory("lstm/h_t[1]")


def test_a_unit_alone_is_one_of_the_state() -> None:
    layer = layer_from(load_cell("LSTMProjected"))
    session = Session(Trace(Model((layer,)), inputs()))
    session.goto(12)
    session.goto_value("h_t")
    assert session.memory("3").unit == 3
    with pytest.raises(InputError, match="no unit 2: this value has 0 to 1"):
        session.why("2")


MATRIX = """\
input x_t: input
state S_prev: hidden, input
weight U: hidden, input
output y_t
g_t = sigmoid(S_prev)
S_t = g_t * S_prev + U
y_t = S_t @ x_t
"""


def test_a_state_may_be_a_matrix() -> None:
    layer = layer_from(Cell.from_text(MATRIX, "matrix", "matrix.txt"))
    session = Session(Trace(Model((layer,)), inputs()))
    session.goto(9)
    found = session.memory("S_t[2, 1]")
    assert found.value == session.trace.frame(9)["S_t"][2, 1]
    assert found.sum == pytest.approx(found.value, rel=1e-5)
    used = causes(session.trace, at(session.trace, 9, "y_t", 2))
    assert {(c.name, c.unit) for c in used} == {("S_t", 2 * D + i) for i in range(D)} | {
        ("x_t", i) for i in range(D)
    }
    assert whole_of(session) == pytest.approx(1)


def whole_of(session: Session) -> float:
    found = session.inputs("y_t[2]")
    return sum(e.share for e in found.inputs) + found.weights + found.initial + found.rest


def test_a_layer_without_a_state_says_so() -> None:
    dense = layer_from(load_cell("Dense"), "dense")
    session = Session(Trace(Model((dense,)), inputs()))
    with pytest.raises(InputError, match="layer dense carries nothing"):
        session.memory()


def test_a_cause_is_gone_to_and_come_back_from() -> None:
    session = session_of()
    session.goto(12)
    session.goto_value("h_t")
    before = session.cursor
    path = session.why()
    older = next(b.cause for b in path.branches if b.cause.t == 11)
    session.goto_cause(older)
    frame = session.frame()
    assert (frame.cursor.t, frame.equation.name) == (older.t, older.name)
    assert frame.values[older.name].reshape(-1)[frame.cursor.unit] == older.value
    session.from_origin()
    assert session.cursor == before


def test_the_commands_say_it_in_text_and_data() -> None:
    session = session_of()
    session.goto(12)
    told = why(session, "c_t[1]")
    assert told.text.splitlines()[0].startswith("cₜ[1] = ")
    first, *others = told.data["why"]
    assert (first["value"], first["unit"], first["part_of"]) == ("c_t", 1, -1)
    assert {other["part_of"] for other in others} >= {0}
    told = memory(session, "1")
    assert told.data["sum"] == pytest.approx(told.data["number"], rel=1e-5)
    now = sum(part["now"] for part in told.data["written"]) + told.data["rest"]["now"]
    assert now == pytest.approx(told.data["sum"])
    assert "cₜ[1] = " in told.text


def reversed_session(layer: Layer) -> Session:
    return Session(Trace(Model((layer.replaced(reverse=True),)), inputs()))


def test_a_layer_against_time_remembers_what_is_later() -> None:
    session = reversed_session(layer_from(load_cell("GRU")))
    session.goto(T - 3)
    found = session.memory("1")
    assert [part.t for part in found.written] == [T - 3, T - 2, T - 1]
    assert found.end is End.INITIAL
    assert "each t keeps zₜ" in memory(session, "1").text

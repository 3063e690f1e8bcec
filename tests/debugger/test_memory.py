"""What a state remembers: it sums to the state, and each part is what a timestep really left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import ExpressionError, InputError, Layer, Model, Trace, build_layer, load_cell
from rnnstep.cells import Cell
from rnnstep.cells.variants import coupled
from rnnstep.equations import to_text
from rnnstep.labels import Labels
from rnnstep.layer import Link
from rnnstep.provenance import End, Memory, memory, states_kept
from tests.debugger.runs import D, H, inputs, session_of

T = 40
CELLS = ("LSTM", "LSTMPeephole", "LSTMProjected", "GRU", "GRUResetBefore")


def kept_state(layer: Layer) -> str:
    (state,) = states_kept(layer)
    return state


def layer_from(cell: Cell, name: str = "layer", seed: int = 0, dtype: str = "float32") -> Layer:
    random = np.random.default_rng(seed)
    sizes = {"input": D, "hidden": H, "output": 2, "projection": 2}
    weights = {w.name: random.normal(size=[sizes[str(a)] for a in w.shape]) for w in cell.weights}
    return build_layer(name, cell, weights, dtype)


def run_of(
    cell: str, seed: int = 0, dtype: str = "float32", reverse: bool = False, timesteps: int = T
) -> Trace:
    """A run with biases and an initial state that are not zero."""
    layer = layer_from(load_cell(cell), seed=seed, dtype=dtype).reading([D])
    random = np.random.default_rng(seed + 1)
    state = {s.name: random.normal(size=layer.shape(s.name)) for s in layer.cell.states}
    return Trace(Model((layer.replaced(reverse=reverse),)), inputs(timesteps), state)


def by_hand(trace: Trace, state: str, unit: int, t: int) -> tuple[list[float], float, float]:
    """What each timestep left, the newest first; what the initial state left; the roundings."""
    layer = trace.model.layers[0]

    def series(name: str) -> np.ndarray:
        found = trace.series(name)[:, unit].astype(np.float64)
        return found[::-1] if layer.reverse else found

    if layer.cell.name.startswith("GRU"):
        keep, write = series("z_t"), (1 - series("z_t")) * series("n_t")
    else:
        keep, write = series("f_t"), series("i_t") * series("g_t")
    place = len(trace) - 1 - t if layer.reverse else t
    held = series(state)
    left = [float(np.prod(keep[s + 1 : place + 1])) for s in range(place + 1)]
    parts = [float(write[s]) * left[s] for s in range(place, -1, -1)]
    sizes = np.abs(write) + np.abs(keep * held)
    eps = float(np.finfo(layer.dtype).eps)
    roundings = 3 * eps * sum(left[s] * float(sizes[s]) for s in range(place + 1))
    return parts, float(np.prod(keep[: place + 1]) * held[0]), roundings


@given(
    st.sampled_from(CELLS),
    st.integers(0, 50),
    st.integers(0, T - 1),
    st.integers(0, H - 1),
    st.sampled_from(["float32", "float64"]),
    st.booleans(),
)
def test_it_sums_to_the_state_and_each_part_is_what_was_left(
    cell: str, seed: int, t: int, unit: int, dtype: str, reverse: bool
) -> None:
    trace = run_of(cell, seed, dtype, reverse)
    state = kept_state(trace.model.layers[0])
    found = memory(trace, 0, state, unit, t)
    parts, initial, roundings = by_hand(trace, state, unit, t)
    assert found.value == trace.frame(t)[found.name][unit]
    assert abs(found.sum - found.value) <= roundings
    count = len(found.written)
    assert [part.now for part in found.written] == pytest.approx(parts[:count], rel=1e-9, abs=1e-40)
    assert found.rest.now == pytest.approx(sum(parts[count:]) + initial, rel=1e-5, abs=roundings)
    way = 1 if reverse else -1
    assert [part.t for part in found.written] == [t + way * n for n in range(count)]


@pytest.mark.parametrize("cell", [*CELLS, "ComputeStates"])
def test_what_is_kept_and_written_is_read_from_the_equation(cell: str) -> None:
    form = memory(run_of(cell), 0, kept_state(run_of(cell).model.layers[0]), 0, 3).form
    assert form.keep is not None
    assert form.write is not None
    expected = {"GRU": ("z_t", "(1 - z_t) * n_t"), "ComputeStates": ("wRec", "Wx_x")}
    expected["GRUResetBefore"] = expected["GRU"]
    found = to_text(form.keep), to_text(form.write)
    assert found == expected.get(cell, ("f_t", "i_t * g_t"))


OWN = """\
input  x_t:    input
state  h_prev: input
state  n_prev: scalar
weight k:      scalar
weight u:      input
n_t = n_prev + 1
g_t = {}
some = k * g_t * u
h_t = {}
"""
FORMS = {
    "k * (g_t - h_prev) + h_prev": ("k * -1 + 1", "k * g_t"),
    "(h_prev - g_t) / (1 + abs(k))": ("1 / (1 + abs(k))", "-g_t / (1 + abs(k))"),
    "where(k > 0, h_prev, g_t)": ("where(k > 0, 1, 0)", "where(k > 0, 0, g_t)"),
    "g_t * k - linear(h_prev * u)": ("-u", "g_t * k"),
    "-h_prev": ("-1", ""),
}


@pytest.mark.parametrize("line", FORMS)
def test_a_cell_of_one_s_own_is_read_by_the_same_rules(line: str) -> None:
    cell = Cell.from_text(OWN.format("tanh(x_t + u * h_prev)", line), "own", "own.txt")
    trace = Trace(Model((layer_from(cell),)), inputs(), {"h_prev": [1.0, -2.0, 3.0]})
    for unit in range(D):
        found = memory(trace, 0, "h_prev", unit, 20)
        assert found.sum == pytest.approx(found.value, rel=1e-4, abs=1e-6)
        parts = found.form.keep, found.form.write
        assert tuple(to_text(part) if part else "" for part in parts) == FORMS[line]


@pytest.mark.parametrize(
    "line", ["tanh(h_prev)", "g_t", "h_prev * h_prev", "g_t / h_prev", "h_prev * max(h_prev)"]
)
def test_a_line_that_keeps_nothing_is_refused_with_its_equation(line: str) -> None:
    cell = Cell.from_text(OWN.format("tanh(x_t + u * h_prev) * k", line), "own", "own.txt")
    layer = layer_from(cell)
    assert states_kept(layer) == ("n_prev",)
    with pytest.raises(InputError, match="keeps nothing of hₜ₋₁ as it is"):
        memory(Trace(Model((layer,)), inputs()), 0, "h_prev", 0, 3)


@pytest.mark.parametrize("cell", ["SimpleRNN", "Jordan", "IndRNN", "UWV", "Dense"])
def test_cells_without_a_memory_of_this_kind_have_none(cell: str) -> None:
    assert states_kept(layer_from(load_cell(cell))) == ()


def test_a_linear_cell_has_one_where_each_unit_remembers_itself() -> None:
    linear = load_cell("IndRNN", {"activation": "linear"})
    assert states_kept(layer_from(linear)) == ("h_prev",)
    assert states_kept(layer_from(load_cell("SimpleRNN", {"activation": "linear"}))) == ()


def test_a_gate_that_forgets_what_it_writes_is_one_minus_the_other() -> None:
    layer = layer_from(load_cell("LSTM", changes=[coupled]))
    trace = Trace(Model((layer,)), inputs())
    found = memory(trace, 0, "c_prev", 1, 12)
    assert found.sum == pytest.approx(found.value, rel=1e-5)
    assert found.written[1].left == pytest.approx(1 - trace.frame(12)["i_t"][1], rel=1e-6)


def masked_run(cell: str) -> Trace:
    xs = inputs()
    xs[[3, 4, 11, 12]] = 0.0
    listing = load_cell(cell, hold_at_padding=True)
    reads = (Link("mask"), Link("mask", "m_t"))
    held = layer_from(listing, "held").replaced(reads=reads)
    mask = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    return Trace(Model((mask, held)), xs)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_padding_writes_nothing_and_keeps_all(cell: str) -> None:
    trace = masked_run(cell)
    state = states_kept(trace.model.layers[1])[-1]
    for t in (12, 13, 39):
        found = memory(trace, 1, state, 2, t)
        assert found.sum == pytest.approx(found.value, rel=1e-5)
        at = {part.t: part for part in found.written}
        for older, padding in ((2, 3), (3, 4), (10, 11), (11, 12)):
            if older in at:
                assert at[padding].wrote == 0
                assert at[older].left == at[padding].left


def test_any_cell_that_holds_at_padding_remembers_what_was_held() -> None:
    trace = masked_run("SimpleRNN")
    found = memory(trace, 1, "h_prev", 0, 12)
    assert [(part.t, part.left) for part in found.written][:3] == [(12, 1.0), (11, 1.0), (10, 1.0)]
    assert found.written[2].now == found.value
    assert found.rest.left == 0


def test_what_has_faded_is_not_looked_at_and_still_in_the_sum() -> None:
    trace = run_of("LSTM", timesteps=600)
    found = memory(trace, 0, "c_prev", 2, 599)
    assert found.end is End.FADED
    assert len(found.written) < 300
    assert abs(found.rest.left) <= np.finfo(np.float32).eps
    assert found.sum == pytest.approx(found.value, rel=1e-5)


def keeping(timesteps: int) -> Trace:
    """A run whose forget gates are open: all of it is remembered."""
    layer = layer_from(load_cell("LSTM"))
    weights = {**layer.weights, "b_f": np.full(H, 40.0)}
    return Trace(Model((build_layer("layer", layer.cell, weights, "float32"),)), inputs(timesteps))


def test_a_limit_leaves_the_sum_whole() -> None:
    trace = keeping(700)
    for limit in (1, 255, 256, 257, 600, 700):
        found = memory(trace, 0, "c_prev", 0, 699, limit)
        assert len(found.written) == limit
        assert found.end is (End.LIMIT if limit < 700 else End.INITIAL)
        assert found.rest.t == 700 - limit
        assert found.sum == pytest.approx(found.value, rel=1e-4)


def test_a_state_that_was_edited_is_where_the_past_ends() -> None:
    trace = keeping(T)
    edited = trace.fork(20, state={"c_prev": [5.0, -5.0, 1.0, 2.0]})
    found = memory(edited, 0, "c_prev", 1, 30)
    assert (found.end, found.rest.t, found.rest.wrote) == (End.EDITED, 20, -5.0)
    assert found.sum == pytest.approx(found.value, rel=1e-5)
    assert memory(edited, 0, "c_prev", 1, 19).end is End.INITIAL


def test_nan_is_shown_where_it_was_written() -> None:
    xs = inputs()
    xs[20, 1] = np.nan
    trace = Trace(Model((layer_from(load_cell("LSTM")),)), xs)
    found = memory(trace, 0, "c_prev", 0, 22)
    assert np.isnan(found.value)
    assert np.isnan(found.sum)
    wrote = {part.t: part.wrote for part in found.written}
    assert np.isnan(wrote[20])
    assert np.isfinite(wrote[19])


def test_a_count_is_remembered_number_by_number() -> None:
    layer = layer_from(load_cell("SequenceLength"))
    found = memory(Trace(Model((layer,)), inputs(), {"n_prev": 7}), 0, "n_prev", 0, 4)
    assert [part.now for part in found.written] == [1.0] * 5
    assert (found.rest.now, found.sum, found.value) == (7.0, 12.0, 12.0)


def test_the_size_is_what_shares_are_of() -> None:
    found: Memory = memory(run_of("LSTM"), 0, "c_prev", 0, 9)
    parts = [*found.written, found.rest]
    assert found.size == pytest.approx(sum(abs(part.now) for part in parts))


def test_a_unit_goes_by_its_label() -> None:
    session = session_of()
    session.labels = Labels(units=("a", "b", "the count", "h_t"))
    session.goto_value("c_t")
    session.last()
    assert session.memory("the count").unit == 2
    assert session.why("the count").branches[0].cause.unit == 2
    assert session.inputs("the count").cause.unit == 2
    # a value's name is the value
    assert session.why("h_t").branches[0].cause.name == "h_t"
    with pytest.raises(ExpressionError):
        session.memory("the caunt")

"""Layers that run against time, that read several layers, a mask or a number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Model, Trace, UnknownNameError, build_layer, load_cell, steps
from rnnstep.layer import Layer, Link
from rnnstep.trace import INITIAL
from tests.time.test_trace import inputs, model

T = len(inputs())


def layer(name: str, seed: int, reverse: bool = False, reads: tuple[Link, ...] = ()) -> Layer:
    return model(seed=seed).layers[0].replaced(name=name, reverse=reverse, reads=reads)


def merge(name: str, how: str, forward: str, backward: str, final: bool = False) -> Layer:
    reads = (Link(forward), Link(backward, final=final))
    return build_layer(name, load_cell(f"Bidirectional{how}"), {}, np.float32, reads=reads)


def both(how: str = "Concat", final: bool = False) -> Model:
    """Two halves over the sequence, what joins them, and a layer each way above."""
    dense = load_cell("Dense")
    weights = np.random.default_rng(7).normal(size=(2, 8 if how == "Concat" else 4))
    return Model(
        (
            layer("f", 1, reads=(Link(),)),
            layer("b", 2, reverse=True, reads=(Link(),)),
            merge("both", how, "f", "b", final),
            build_layer("up", dense, {"W": weights.astype(np.float32)}, reads=(Link("both"),)),
        )
    )


STATE: dict[str, list[float]] = {
    "f/h_prev": [0.1, 0.2, 0.3, 0.4],
    "b/h_prev": [1, 2, 3, 4],
    "b/c_prev": [4, 3, 2, 1],
}


def alone(seed: int, reverse: bool) -> np.ndarray:
    """The output of one half, by a model that runs forwards over the turned sequence."""
    xs = inputs()[::-1] if reverse else inputs()
    name = "b" if reverse else "f"
    state = {k.removeprefix(f"{name}/"): v for k, v in STATE.items() if k.startswith(name)}
    series = np.stack([step["h_t"] for step in steps(model(seed=seed), xs, state)])
    return series[::-1] if reverse else series


JOINS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "Concat": lambda f, b: np.concatenate([f, b], axis=-1),
    "Sum": lambda f, b: f + b,
    "Mul": lambda f, b: f * b,
    "Ave": lambda f, b: (f + b) / 2,
}


@pytest.mark.parametrize("how", JOINS)
def test_the_halves_are_joined_in_real_time(how: str) -> None:
    trace = Trace(both(how), inputs(), STATE)
    forward, backward = alone(1, False), alone(2, True)
    assert np.array_equal(trace.series("b/h_t"), backward)
    assert np.array_equal(trace.series("both/y_t"), JOINS[how](forward, backward))


def test_what_a_half_ends_with_is_read_at_every_timestep() -> None:
    trace = Trace(both(final=True), inputs(), STATE)
    joined = trace.series("both/y_t")
    assert np.array_equal(joined[-1], np.concatenate([alone(1, False)[-1], alone(2, True)[0]]))
    assert (joined[:, 4:] == alone(2, True)[0]).all()


def test_the_state_before_a_reverse_layer_stands_at_the_last_timestep() -> None:
    trace = Trace(both(), inputs(), STATE)
    assert trace.frame(T - 1)["b/h_prev"].tolist() == [1, 2, 3, 4]
    assert np.array_equal(trace.frame(3)["b/h_prev"], trace.frame(4)["b/h_t"])
    assert set(trace.frame(INITIAL)) == {"f/h_t", "f/c_t"}
    assert trace.model.layers[1].title("h_prev") == "hₜ₊₁"


@given(st.integers(1, 4000), st.lists(st.integers(0, T - 1), min_size=1, max_size=20))
def test_any_order_and_any_budget_give_the_same_bits(budget: int, order: list[int]) -> None:
    straight = [step["up/y_t"] for step in steps(both(), inputs(), STATE)]
    trace = Trace(both(), inputs(), STATE, budget=budget)
    for t in order:
        assert np.array_equal(trace.frame(t)["up/y_t"], straight[t])


@given(st.integers(1, 4000), st.integers(0, T - 1), st.booleans(), st.booleans())
def test_a_fork_is_a_run_over_the_edited_sequence(
    budget: int, t: int, edit: bool, final: bool
) -> None:
    xs = inputs()
    trace = Trace(both(final=final), xs, STATE, budget=budget)
    before = trace.series("up/y_t")
    x_t = xs[t] + 1 if edit else None
    fork = trace.fork(t, x_t=x_t)
    edited = xs.copy()
    edited[t] += edit
    again = Trace(both(final=final), edited, STATE).series("up/y_t")
    assert np.array_equal(fork.series("up/y_t"), again)
    assert np.array_equal(trace.series("up/y_t"), before)


@given(st.integers(1, 4000), st.integers(0, T - 1))
def test_an_edited_state_of_a_reverse_layer_goes_on_towards_the_start(budget: int, t: int) -> None:
    trace = Trace(both(), inputs(), STATE, budget=budget)
    fork = trace.fork(t, state={"b/h_prev": [9, 9, 9, 9]})
    same = (fork.series("b/h_t") == trace.series("b/h_t")).all(axis=1)
    assert same[t + 1 :].all()
    assert not same[t]
    assert fork.frame(t)["b/h_prev"].tolist() == [9, 9, 9, 9]
    assert np.array_equal(fork.series("f/h_t"), trace.series("f/h_t"))


@pytest.mark.parametrize("cell", ["SimpleRNN", "GRU", "GRUResetBefore", "LSTM"])
def test_a_masked_timestep_holds_every_state(cell: str) -> None:
    xs = inputs()
    xs[[0, 5, 6, T - 1]] = 0
    plain = model(cell).layers[0]
    held = plain.replaced(
        cell=load_cell(cell, hold_at_padding=True),
        reads=(Link("mask"), Link("mask", "m_t")),
    )
    mask = build_layer("mask", load_cell("Masking"), {}, np.float32, reads=(Link(),))
    trace = Trace(Model((mask, held)), xs)
    kept = [t for t in range(T) if xs[t].any()]
    short = Trace(Model((plain,)), xs[kept])
    for name in plain.cell.carried.values():
        series = trace.series(f"layer/{name}")
        assert np.array_equal(series[kept], short.series(name))
        assert not series[0].any()
        assert (series[5] == series[4]).all()
        assert (series[6] == series[4]).all()


def test_an_embedding_looks_rows_up_and_refuses_others() -> None:
    table = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    embedding = build_layer("emb", load_cell("Embedding"), {"E": table}, reads=(Link(),))
    whole = Model((embedding, layer("rnn", 1, reads=(Link("emb"),))))
    trace = Trace(whole, np.array([4, 0, 4, 2]))
    assert np.array_equal(trace.series("emb/y_t"), table[[4, 0, 4, 2]])
    for wrong in ([0, 5], [-1, 0], [0.5, 1]):
        with pytest.raises(InputError, match="rows 0 to 4"):
            Trace(whole, np.array(wrong))


def test_a_row_s_number_is_exact_whatever_the_dtype() -> None:
    table = np.arange(5000, dtype=np.float32)[:, np.newaxis] / 8
    half = build_layer("emb", load_cell("Embedding"), {"E": table}, np.float16, reads=(Link(),))
    trace = Trace(Model((half,)), np.array([2049, 4999]))
    assert trace.series("y_t").tolist() == table[[2049, 4999]].astype(np.float16).tolist()


def test_a_layer_that_reads_one_that_comes_later_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no layer 'b'"):
        Trace(Model((layer("a", 1, reads=(Link("b"),)), layer("b", 2))), inputs())

"""Planted mistakes: each is named, or what it cannot be told from is said; right ports pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import Model, Trace, build_layer, load_cell, load_model
from rnnstep.cells import cell_names
from rnnstep.check import Comparison, Reference, tolerance_for
from rnnstep.check.expected import from_array
from rnnstep.diagnosis import Finding, Solver, clues, tells_apart
from tests.debugger.planted import Port, hard2, hard3

Array = npt.NDArray[Any]
D, H, T = 3, 5, 24
CELLS = ("LSTM", "GRU", "SimpleRNN")
Write = Callable[[Port, Array, Array, Array], Array]
"""What a port writes down, given its input and its initial states."""


def plain(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs, h, c)


def late(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return np.concatenate([h[np.newaxis], port.run(xs, h, c)[:-1]])


def not_reset(port: Port, xs: Array, h: Array, c: Array) -> Array:
    port.run(xs, h, c)
    return port.run(xs, *port.ended)


def backwards(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs[::-1], h, c)


def backwards_in_time(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs[::-1], h, c)[::-1]


def mirrored(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs, h, c)[::-1]


def features_turned(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs[:, ::-1], h, c)


def zero_state(port: Port, xs: Array, h: Array, c: Array) -> Array:
    return port.run(xs, np.zeros_like(h), np.zeros_like(c))


def held(port: Port, xs: Array, h: Array, c: Array) -> Array:
    rows = port.run(xs, h, c)
    rows[-6:] = rows[-7]
    return rows


def half(x: Array) -> Array:
    return x.astype(np.float16).astype(np.float32)


def column_order(x: Array) -> Array:
    return x.T.reshape(x.shape)


Bug = tuple[Callable[[Port], Port], Write, str]
"""The port done wrong, what it writes, and words that name it."""


def bugs(cell: str) -> Iterator[tuple[str, Bug]]:
    gates = {"LSTM": "ifgo", "GRU": "rz", "SimpleRNN": ""}[cell]
    for order in permutations(gates):
        if order != tuple(gates):
            # in the place of a gate stand the weights of another: the file has this order
            said = dict(zip(gates, order, strict=True))
            inverse = {after: before for before, after in said.items()}
            full = {g: inverse.get(g, g) for g in {"GRU": "rzn"}.get(cell, gates)}
            told = ", ".join(_order(full, {"GRU": "rzn"}.get(cell, gates)))
            yield f"gates {''.join(order)}", (_ordered(full), plain, f"in the order {told}")
    same: Callable[[Port], Port] = lambda p: p  # noqa: E731
    yield (
        "kernel in column order",
        (lambda p: replace(p, kernel=column_order), plain, "the kernel is read column by column"),
    )
    yield (
        "recurrent kernel transposed",
        (lambda p: replace(p, recurrent=np.transpose), plain, "the recurrent kernel is transposed"),
    )
    yield (
        "bias twice",
        (
            lambda p: replace(p, bias=lambda x: 2 * x, inner_bias=lambda x: 2 * x),
            plain,
            "added twice",
        ),
    )
    yield (
        "bias missing",
        (
            lambda p: replace(p, bias=np.zeros_like, inner_bias=np.zeros_like),
            plain,
            "biases are left out",
        ),
    )
    yield (
        "float16 weights",
        (
            lambda p: replace(p, kernel=half, recurrent=half, bias=half, inner_bias=half),
            plain,
            "rounded to float16",
        ),
    )
    yield (
        "not loaded",
        (
            lambda p: replace(
                p,
                kernel=np.zeros_like,
                recurrent=np.zeros_like,
                bias=np.zeros_like,
                inner_bias=np.zeros_like,
            ),
            plain,
            "not loaded",
        ),
    )
    yield (
        "activation",
        (lambda p: replace(p, activation=lambda x: np.maximum(x, 0)), plain, "activation is relu"),
    )
    yield (
        "reset at every step",
        (lambda p: replace(p, forgets_all=True), plain, "reset at every timestep"),
    )
    yield "off by one", (same, late, "one timestep late")
    yield "not reset", (same, not_reset, "the state is not reset")
    yield "backwards", (same, backwards, "values in the order of the run")
    yield "backwards in time", (same, backwards_in_time, "values in real time")
    yield "mirrored", (same, mirrored, "last timestep first")
    yield "features turned", (same, features_turned, "features stand in the reverse order")
    yield "initial state forgotten", (same, zero_state, "the initial state is zero")
    yield "padding held", (same, held, "are masked")
    if gates:
        yield (
            "hard sigmoid, Keras 3",
            (lambda p: replace(p, gate=hard3), plain, "hard_sigmoid (x/6"),
        )
        yield (
            "hard sigmoid, Keras 2",
            (lambda p: replace(p, gate=hard2), plain, "hard_sigmoid (0.2 x"),
        )
    if cell == "LSTM":
        yield (
            "forget bias",
            (lambda p: replace(p, forget=1.0), plain, "1 is added to the forget bias"),
        )
    if cell == "GRU":
        yield "reset before", (lambda p: replace(p, reset_before=True), plain, "before the product")
        yield (
            "update turned",
            (lambda p: replace(p, turned_update=True), plain, "update gate is turned round"),
        )
        yield (
            "inner bias missing",
            (
                lambda p: replace(p, inner_bias=np.zeros_like),
                plain,
                "recurrent bias bh_n is left out",
            ),
        )


def _ordered(order: dict[str, str]) -> Callable[[Port], Port]:
    return lambda port: replace(port, order=order)


def _order(taken: dict[str, str], gates: str) -> list[str]:
    """The order of a file in whose blocks, read as ``gates``, stand the weights of ``taken``."""
    return [next(g for g in gates if taken[g] == place) for place in gates]


TABLE = [(cell, name, bug) for cell in CELLS for name, bug in bugs(cell)]


def setting(
    cell: str, padded: bool = False, features: int = D
) -> tuple[Port, Model, Array, Array, Array]:
    random = np.random.default_rng(7)
    listing = load_cell(cell)
    sizes = {"input": features, "hidden": H}
    weights = {
        w.name: (random.normal(size=[sizes[str(a)] for a in w.shape]) * 0.7).astype(np.float32)
        for w in listing.weights
    }
    xs = random.normal(size=(T, features)).astype(np.float32)
    if padded:
        xs[-6:] = 0
    h, c = (random.normal(size=H).astype(np.float32) for _ in range(2))
    model = Model((build_layer("layer", listing, weights),))
    return Port(cell, weights), model, xs, h, c


def compared(model: Model, xs: Array, h: Array, c: Array, wanted: Array) -> Comparison:
    state = {"h_prev": h} | ({"c_prev": c} if "c_prev" in model.state_names else {})
    trace = Trace(model, xs, state)
    value = from_array(0, "h_t", np.arange(len(wanted)), wanted.astype(np.float32))
    return Comparison(trace, Reference("port", (value,)), tolerance_for(np.dtype(np.float32)))


@pytest.mark.parametrize(("cell", "name", "bug"), TABLE, ids=[f"{c}: {n}" for c, n, _ in TABLE])
def test_a_planted_mistake_is_named(cell: str, name: str, bug: Bug) -> None:
    wrong, write, told = bug
    port, model, xs, h, c = setting(cell, padded=name == "padding held")
    comparison = compared(model, xs, h, c, write(wrong(port), xs, h, c))
    assert not comparison.passed
    assert list(clues(comparison)), "an error points to something"
    findings = [f for f in Solver(comparison).search(1) if isinstance(f, Finding)]
    assert any(told in finding.words for finding in findings), [f.words for f in findings]
    # what else explains it gives the same on this data: it is said, and never more than a few
    assert len(findings) <= 3


@pytest.mark.parametrize("cell", CELLS)
def test_a_right_port_passes(cell: str) -> None:
    port, model, xs, h, c = setting(cell)
    comparison = compared(model, xs, h, c, port.run(xs, h, c))
    assert comparison.passed
    assert list(clues(comparison)) == []
    assert comparison.worst < 1e-6


@pytest.mark.parametrize("cell", CELLS)
def test_units_in_another_order_are_named(cell: str) -> None:
    port, model, xs, h, c = setting(cell)
    rows = port.run(xs, h, c)
    comparison = compared(model, xs, h, c, rows[:, [0, 3, 2, 1, 4]])
    assert any("1→3, 3→1" in clue.evidence for clue in clues(comparison))


def test_the_table_has_the_mistakes_that_are_made() -> None:
    assert len(TABLE) >= 25


def test_a_file_is_read_with_its_gates_in_another_order(tmp_path: Path) -> None:
    # both biases of torch.nn.GRU, which a changed order has to keep apart
    random = np.random.default_rng(11)
    shapes = {"weight_ih": (3 * H, D), "weight_hh": (3 * H, H), "bias_ih": (3 * H,)}
    shapes["bias_hh"] = shapes["bias_ih"]
    arrays: dict[str, Any] = {
        f"{name}_l0": random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()
    }
    np.savez(tmp_path / "gru.npz", **arrays)
    xs = random.normal(size=(T, D)).astype(np.float32)

    def read(order: str) -> Model:
        return load_model(tmp_path / "gru.npz", gate_order=order)

    wanted = Trace(read("n,r,z"), xs).series("h_t")
    trace = Trace(read(""), xs)
    value = from_array(0, "h_t", np.arange(T), wanted)
    tolerance = tolerance_for(np.dtype(np.float32))
    comparison = Comparison(trace, Reference("port", (value,)), tolerance)
    (found,) = (f for f in Solver(comparison, read).search(1) if isinstance(f, Finding))
    assert found.variant.changes[0].hint == "--gate-order n,r,z"
    assert found.error < 1e-6


def test_two_and_three_mistakes_of_an_lstm_are_found_together() -> None:
    port, model, xs, h, c = setting("LSTM")
    two = replace(port, recurrent=np.transpose, forget=1.0)
    comparison = compared(model, xs, h, c, two.run(xs, h, c))
    assert [f for f in Solver(comparison).search(1) if isinstance(f, Finding)] == []
    found = [f.words for f in Solver(comparison).search(2) if isinstance(f, Finding)]
    assert found == ["the recurrent kernel is transposed; 1 is added to the forget bias"]
    three = replace(two, gate=hard3)
    comparison = compared(model, xs, h, c, three.run(xs, h, c))
    found = [f.words for f in Solver(comparison).search(3) if isinstance(f, Finding)]
    assert any("hard_sigmoid (x/6" in words and "transposed" in words for words in found)


def test_three_mistakes_are_found_of_which_one_makes_numbers_large() -> None:
    # relu lets a port's numbers grow, so that its pairs are far away in size whatever is right
    port, model, xs, h, c = setting("LSTM")
    relu = replace(port, activation=lambda x: np.maximum(x, 0), kernel=column_order)
    comparison = compared(model, xs, h, c, backwards(relu, xs, h, c))
    (found,) = (f.words for f in Solver(comparison).search(3) if isinstance(f, Finding))
    assert "column by column" in found
    assert "relu" in found
    assert "values in the order of the run" in found


def test_three_mistakes_of_a_gru_are_found_together() -> None:
    # the reset gate before the product takes away two biases that others of the changes are of
    port, model, xs, h, c = setting("GRU")
    wrong = replace(port, reset_before=True, gate=hard2)
    comparison = compared(model, xs, h, c, features_turned(wrong, xs, h, c))
    (found,) = (f.words for f in Solver(comparison).search(3) if isinstance(f, Finding))
    assert "before the product" in found
    assert "hard_sigmoid (0.2 x" in found
    assert "features stand in the reverse order" in found


def test_an_input_is_named_that_tells_two_explanations_apart() -> None:
    # over one timestep from a state of zero nothing recurrent is seen
    port, model, xs, h, _ = setting("LSTM")
    zero = np.zeros_like(h)
    comparison = compared(model, xs[:1], zero, zero, port.run(xs[:1], zero, zero) + 1)
    solver = Solver(comparison)

    def found(words: str) -> Finding:
        variant = next(c for c in solver.changes if c.words == words).of(solver.base)
        assert variant is not None
        return Finding(variant, 0.0)

    transposed = found("the recurrent kernel is transposed")
    forgets = found("1 is added to the forget bias")
    # the first case with a second timestep: what was carried on is multiplied, or kept
    assert tells_apart(comparison, transposed, forgets) == "impulse_0"
    assert tells_apart(comparison, forgets, forgets) == ""


def test_what_has_nothing_to_compare_explains_nothing() -> None:
    # a port that is one timestep late has no value at the only timestep there is
    port, model, xs, h, c = setting("SimpleRNN")
    doubled = replace(port, bias=lambda x: 2 * x)
    comparison = compared(model, xs[:1], h, c, doubled.run(xs[:1], h, c))
    found = [f.words for f in Solver(comparison).search(1) if isinstance(f, Finding)]
    assert found == ["the biases are added twice"]


ALONE = [name for name in cell_names() if name != "Cut"]
"""The cells that are a model by themselves: Cut reads lengths as well as a sequence."""


@pytest.mark.parametrize("cell", ALONE)
def test_what_no_change_of_a_cell_gives_is_not_explained(cell: str) -> None:
    random = np.random.default_rng(13)
    listing = load_cell(cell)
    layer = build_layer(
        "layer",
        listing,
        {
            w.name: random.normal(size=[D if str(a) != "scalar" else 1 for a in w.shape])
            for w in listing.weights
        },
    )
    # whole numbers are rows of a table, too
    xs = random.integers(0, D, size=(T, layer.input_size or D)).astype(np.float64)
    trace = Trace(Model((layer,)), xs)
    own = trace.series(listing.output)
    value = from_array(0, listing.output, np.arange(T), own + random.normal(size=own.shape))
    comparison = Comparison(trace, Reference("port", (value,)), tolerance_for(np.dtype(np.float64)))
    solver = Solver(comparison)
    assert [one for one in solver.search(1) if isinstance(one, Finding)] == []
    assert solver.tried > 5

"""A layer of a stack that a port leaves out is named."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import Layer, Model, Trace, build_layer, load_cell
from rnnstep.check import Comparison, Reference, tolerance_for
from rnnstep.check.expected import from_array
from rnnstep.diagnosis import Finding, Solver
from rnnstep.layer import Link
from rnnstep.saving import save_model
from tests.cli.test_command import run
from tests.debugger.planted import Port
from tests.debugger.test_planted import CELLS, D, H, T, setting

Array = npt.NDArray[Any]


def layer_of(cell: str, name: str, features: int, units: int, seed: int) -> Layer:
    random = np.random.default_rng(seed)
    listing = load_cell(cell)
    sizes = {"input": features, "hidden": units, "forward": units, "backward": units}
    weights = {
        w.name: (random.normal(size=[sizes[str(a)] for a in w.shape]) * 0.7).astype(np.float32)
        for w in listing.weights
        if w.name != "epsilon"
    }
    return build_layer(name, listing, weights)


def stack(cell: str, *widths: int) -> Model:
    sizes = enumerate(pairwise(widths))
    return Model(tuple(layer_of(cell, f"rnn_{i}", *size, i) for i, size in sizes))


def ported(model: Model, xs: Array, without: int) -> Array:
    """What a port gives that runs all layers but one."""
    for index, layer in enumerate(model.layers):
        if index != without:
            zero = np.zeros(layer.output_size, np.float32)
            xs = Port(layer.cell.name, layer.weights).run(xs, zero, zero)
    return xs


def explained(model: Model, xs: Array, wanted: Array, depth: int = 1) -> list[str]:
    last = len(model.layers) - 1
    name = model.layers[last].cell.output
    value = from_array(last, name, np.arange(len(wanted)), wanted.astype(np.float32))
    tolerance = tolerance_for(np.dtype(np.float32))
    comparison = Comparison(Trace(model, xs), Reference("port", (value,)), tolerance)
    found = Solver(comparison).search(depth)
    return [one.words for one in found if isinstance(one, Finding)]


def told(name: str) -> str:
    return f"layer {name} is left out: its input takes the place of its output"


def sequence(features: int = H) -> Array:
    return np.random.default_rng(8).normal(size=(T, features)).astype(np.float32)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("without", [0, 1, 2])
def test_a_layer_left_out_is_named(cell: str, without: int) -> None:
    model, xs = stack(cell, H, H, H, H), sequence()
    assert explained(model, xs, ported(model, xs, without)) == [told(f"rnn_{without}")]


@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_left_out_is_named_from_files(
    tmp_path: Path, cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model, xs = stack(cell, D, H, H), sequence(D)
    files = [str(tmp_path / name) for name in ("x.npy", "w.npz", "h.npy")]
    save_model(model, Path(files[1]))
    np.save(files[0], xs)
    np.save(files[2], ported(model, xs, 1))
    assert run("check", files[0], "--weights", files[1], "--expect", files[2], "--solve") == 1
    assert f"EXPLAINED: {told('rnn_1')}" in capsys.readouterr().out


def test_a_layer_left_out_and_another_mistake_are_found_together() -> None:
    model, xs = stack("GRU", D, H, H, H), sequence(D)
    turned = {n: w.T if n.startswith("Wh") else w for n, w in model.layers[2].weights.items()}
    wrong = model.replaced(layers=(*model.layers[:2], model.layers[2].replaced(weights=turned)))
    found = explained(model, xs, ported(wrong, xs, 1), 2)
    assert found == [f"the recurrent kernel of rnn_2 is transposed; {told('rnn_1')}"]


def test_a_normalization_left_out_is_named() -> None:
    inside = (layer_of("LSTM", "lstm", D, H, 1), layer_of("LayerNorm", "norm", H, H, 2))
    model, xs = Model((*inside, layer_of("GRU", "gru", H, H, 3))), sequence(D)
    assert explained(model, xs, ported(model, xs, 1)) == [told("norm")]


def test_a_layer_of_two_directions_left_out_is_named() -> None:
    both: list[Layer] = []
    for number, width in enumerate((D, 2 * H)):
        name = f"both_{number}"
        source = Link() if number == 0 else Link("both_0")
        for half, seed in (("forward", 1), ("backward", 2)):
            one = layer_of("GRU", f"{name}/{half}", width, H, 10 * number + seed)
            both.append(one.replaced(reads=(source,), reverse=half == "backward"))
        reads = (Link(f"{name}/forward"), Link(f"{name}/backward"))
        join = layer_of("BidirectionalConcat", name, H, H, 0)
        both.append(join.replaced(reads=reads))
    xs = sequence(D)
    lower = Trace(Model(tuple(both[:3])), xs).series("both_0/y_t")
    assert explained(Model(tuple(both)), xs, lower) == [told("both_1")]


def test_no_layer_is_left_out_where_shapes_forbid_it() -> None:
    model, xs = stack("LSTM", D, H, H + 1), sequence(D)
    value = from_array(1, "h_t", np.arange(T), np.ones((T, H + 1), np.float32))
    tolerance = tolerance_for(np.dtype(np.float32))
    solver = Solver(Comparison(Trace(model, xs), Reference("port", (value,)), tolerance))
    assert not any("left out: its input" in change.words for change in solver.changes)


def test_the_only_layer_is_not_left_out() -> None:
    _, model, xs, *_ = setting("LSTM", features=H)
    assert explained(model, xs, xs) == []

"""Test vectors: what another runtime is asked, and what its mistakes are taken for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from rnnstep import InputError, build_layer, load_cell
from rnnstep.render.vectors import as_text
from rnnstep.vectorfiles import c_header
from rnnstep.vectors import judge, make_vectors
from tests.debugger.runs import D, lstm
from tests.debugger.runtime import (
    MODELS,
    Runtime,
    Values,
    answer,
    layers,
    weights,
)


def renamed(pattern: str, names: Mapping[str, str]) -> dict[str, Values]:
    """The weights with those of some gates in each other's place."""
    return {
        re.sub(pattern, lambda found: names[found[0]], name): array
        for name, array in weights().items()
    }


def turned(kind: str) -> dict[str, Values]:
    return {k: v.T if k.startswith(kind) else v for k, v in weights().items()}


def without_bias(gate: str) -> dict[str, Values]:
    return {k: v * (k != f"b_{gate}") for k, v in weights().items()}


def columns_swapped() -> dict[str, Values]:
    return {k: v[:, [1, 0, 2]] if k.startswith("Wx") else v for k, v in weights().items()}


FAULTS: dict[str, tuple[Callable[[], Runtime], str, str]] = {
    "a bias is missing": (lambda: Runtime(without_bias("o")), "zeros", "biases"),
    "another order of gates": (
        lambda: Runtime(renamed("[fo]$", {"f": "o", "o": "f"})),
        "zeros",
        "another gate's place",
    ),
    "features in another order": (
        lambda: Runtime(columns_swapped()),
        "impulse_0",
        "feature 0: its column of the input weights",
    ),
    "recurrent weights transposed": (
        lambda: Runtime(turned("Wh")),
        "unit_0",
        "unit 0: its column of the recurrent weights",
    ),
    "h and c confused": (lambda: Runtime(weights(), (1, 0)), "state", "initial states"),
    "reset at each step": (lambda: Runtime(weights(), reset=True), "impulse_0", "what is carried"),
    "half precision": (lambda: Runtime(weights(), dtype=np.float16), "zeros", "precision"),
    "an error that adds up": (lambda: Runtime(weights(), drift=2e-7), "long", "precision"),
    "a sigmoid that is cut off": (
        lambda: Runtime(weights(), sigmoid=lambda a: np.where(a > 8, 0.99, 1 / (1 + np.exp(-a)))),
        "large",
        "activation is approximate",
    ),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_correct_runtime_passes(dtype: Any) -> None:
    vectors = make_vectors(lstm())
    found = judge(vectors, answer(vectors, Runtime(weights(), dtype=dtype)), "results.txt")
    assert found.passed, list(as_text(found))
    assert [v.vector.name for v in found.verdicts] == [v.name for v in vectors.vectors]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_simplest_case_that_fails_names_the_mistake(fault: str) -> None:
    runtime, case, told = FAULTS[fault]
    vectors = make_vectors(lstm())
    found = judge(vectors, answer(vectors, runtime()), "results.txt")
    assert found.simplest is not None
    assert (found.simplest.vector.name, told in found.means) == (case, True), found.means


def test_states_alone_that_differ_are_said_to_be_states() -> None:
    vectors = make_vectors(lstm())
    results = answer(vectors, Runtime(weights()))
    for name, final in results.finals.items():
        results.finals[name] = final[::-1]
    found = judge(vectors, results, "results.txt")
    assert found.simplest is not None
    assert found.means.startswith("states after the last timestep")


@pytest.mark.parametrize("model", MODELS)
def test_no_case_has_nan_and_each_is_named_once(model: str) -> None:
    vectors = make_vectors(MODELS[model]())
    names = [vector.name for vector in vectors.vectors]
    assert names[0] == "zeros"
    assert len(set(names)) == len(names)
    assert {"random", "random_short", "constant", "long"} <= set(names)
    assert ("state" in names) == bool(vectors.states)
    for vector in vectors.vectors:
        arrays = (vector.x, vector.state, vector.expected, vector.final)
        assert all(np.isfinite(array).all() for array in arrays)


def test_an_embedding_is_asked_for_rows() -> None:
    vectors = make_vectors(MODELS["embedding"]())
    names = {vector.name: vector for vector in vectors.vectors}
    assert vectors.rows == 6
    assert {"row_0", "row_5"} <= names.keys()
    assert "large" not in names
    assert names["row_5"].x.reshape(-1).tolist() == [5, 0, 0, 0]
    assert set(np.concatenate([v.x.reshape(-1) for v in vectors.vectors])) == set(range(6))


def test_a_model_with_a_mask_is_asked_for_padding_and_never_for_nothing_else() -> None:
    vectors = make_vectors(MODELS["masked"]())
    cases = {vector.name: vector.x for vector in vectors.vectors}
    padding = cases.pop("padding")
    assert (padding == 0).all(axis=1).tolist() == [
        True,
        False,
        False,
        True,
        True,
        False,
        False,
        True,
    ]
    assert all((x != 0).any(axis=1).all() for x in cases.values())


def test_padding_that_is_read_is_said_to_be() -> None:
    vectors = make_vectors(MODELS["masked"]())
    results = answer(vectors, Runtime(weights()))
    results.finals.clear()
    found = judge(vectors, results, "results.txt")
    assert [v.vector.name for v in found.verdicts if not v.passed] == ["padding"]
    assert found.means.startswith("padding: ")


def test_the_same_seed_gives_the_same_vectors() -> None:
    first, again, other = (make_vectors(lstm(), seed=seed) for seed in (5, 5, 6))
    texts = [c_header(vectors) for vectors in (first, again, other)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_a_chaotic_model_is_asked_for_less_and_it_is_said() -> None:
    cell = load_cell("SimpleRNN")
    random = np.random.default_rng(0)
    weights = {"Wx": random.normal(size=(32, D)), "Wh": random.normal(size=(32, 32))}
    weights["b"] = random.normal(size=32)
    model = layers(build_layer("rnn", cell, weights, np.float32))
    vectors = make_vectors(model)
    lengths = {vector.name: len(vector.x) for vector in vectors.vectors}
    assert lengths.get("long", 0) < 200
    assert any(note.startswith("long:") for note in vectors.notes)
    # what a correct runtime of more digits gives is within the tolerances
    wide = model.layers[0].replaced(
        dtype=np.dtype(np.float64),
        weights={k: v.astype(np.float64) for k, v in model.layers[0].weights.items()},
    )
    exact = {vector.name: vector for vector in make_vectors(layers(wide)).vectors}
    for vector in vectors.vectors:
        apart = np.abs(vector.expected - exact[vector.name].expected[: len(vector.x)])
        if np.array_equal(vector.x, exact[vector.name].x[: len(vector.x)]):
            assert (apart <= vector.tolerance.of(vector.expected)).all()


def test_weights_of_nan_are_refused() -> None:
    weights = {"W": np.full((2, D), np.nan, np.float32)}
    with pytest.raises(InputError, match="NaN or infinity in every case"):
        make_vectors(layers(build_layer("dense", load_cell("Dense"), weights)))

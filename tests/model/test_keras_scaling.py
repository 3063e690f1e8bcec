"""Keras' Rescaling and Normalization, and functions that rnnstep lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep import load_model, steps
from tests.model.test_keras_files import (
    CUSTOM,
    START,
    WEIGHTS,
    Array,
    D,
    archive,
    config_of,
    layer,
    lstm,
    random,
    refused,
    texts,
)

pytest.importorskip("h5py")

MEAN, VARIANCE = np.array([2.0, -3.0, 0.5], "f4"), np.array([4.0, 0.25, 0.0], "f4")


def scaled(tmp_path: Path, kind: str, weights: dict[str, Array], **config: Any) -> Array:
    """What the layer gives for a sequence, in front of an LSTM."""
    held = {**WEIGHTS, **weights}
    first = layer(kind, "first", **config)
    path = archive(tmp_path / "m.keras", config_of(START, first, lstm()), held)
    model = load_model(path)
    assert [x.cell.name for x in model.layers] == ["Scale", "LSTM"]
    named = [step["first/y_t"] for step in steps(model, xs())]
    return np.array(named)


def xs() -> Array:
    return random(5, D, seed=8)


SCALE: list[Any] = [0.5, [0.5, 1.0, 2.0]]


@pytest.mark.parametrize("scale", SCALE)
def test_rescaling(tmp_path: Path, scale: Any) -> None:
    found = scaled(tmp_path, "Rescaling", {}, scale=scale, offset=0.1)
    np.testing.assert_allclose(found, xs() * np.array(scale) + 0.1, atol=1e-6)


def test_rescaling_by_an_array_that_keras_serialized(tmp_path: Path) -> None:
    value = {"class_name": "__numpy__", "config": {"value": [1.0, 2.0, 3.0], "dtype": "float32"}}
    found = scaled(tmp_path, "Rescaling", {}, scale=value)
    np.testing.assert_allclose(found, xs() * [1, 2, 3], atol=1e-6)


@pytest.mark.parametrize("invert", [False, True])
def test_normalization_as_measured(tmp_path: Path, invert: bool) -> None:
    names = [f"layers/normalization/vars/{i}" for i in range(3)]
    held = dict(zip(names, (MEAN, VARIANCE, np.array(7, "i8")), strict=True))
    found = scaled(tmp_path, "Normalization", held, axis=[-1], invert=invert)
    deviation = np.maximum(np.sqrt(VARIANCE.astype("f8")), 1e-7)
    expected = MEAN + xs() * deviation if invert else (xs() - MEAN) / deviation
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_normalization_by_numbers_of_the_config(tmp_path: Path) -> None:
    config = {"mean": MEAN.tolist(), "variance": [4.0, 0.25, 1.0]}
    found = scaled(tmp_path, "Normalization", {}, axis=-1, **config)
    np.testing.assert_allclose(found, (xs() - MEAN) / [2, 0.5, 1], atol=1e-5)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("Rescaling", {"scale": "much"}),
    ("Rescaling", {"scale": [1.0, 2.0]}),
    ("Rescaling", {"scale": [[1.0], 2.0]}),
    ("Normalization", {"axis": 1}),
    ("Normalization", {}),
]


@pytest.mark.parametrize(("kind", "config"), BAD)
def test_what_cannot_be_read_is_not_run(tmp_path: Path, kind: str, config: Any) -> None:
    first = layer(kind, "first", **config)
    model = load_model(archive(tmp_path / "m.keras", config_of(START, first, lstm())))
    assert [x.cell.name for x in model.layers] == ["LSTM"]
    assert f"not run: {kind} 'first'" in texts(model)


@pytest.mark.parametrize("option", ["activation", "recurrent_activation"])
def test_the_refusal_of_a_function_says_how_to_open_the_layer(tmp_path: Path, option: str) -> None:
    function = "tanh" if option == "activation" else "sigmoid"
    own: Any = {option: CUSTOM}
    path = archive(tmp_path / "m.keras", config_of(START, lstm(**own)))
    refused(path, f"--{option.replace('_', '-')} {function} opens it")
    said: Any = {option: function}
    assert load_model(path, **said).layers[0].cell.options[option] == function

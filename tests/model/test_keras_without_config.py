"""Keras files of weights alone: what their names and shapes tell, and what is said to be open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import Model, load_model
from tests.model.test_keras_files import D, H, archive, random

h5py = pytest.importorskip("h5py")

Group = tuple[str, str, list[tuple[int, ...]]]
"""Its path, its layer's name and the shapes of its weights."""


def warnings(model: Model) -> str:
    return "\n".join(note.text for note in model.notes if note.warning)


def cudnn_file(path: Path, gates: int) -> Path:
    """A CuDNN layer as Keras 2.2 saves its weights: both biases in one row."""
    shapes = {
        "kernel": (D, gates * H),
        "recurrent_kernel": (H, gates * H),
        "bias": (2 * gates * H,),
    }
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"], file.attrs["keras_version"] = [b"cu"], b"2.2.4"
        names = [f"cu/{name}:0" for name in shapes]
        file.create_group("cu").attrs["weight_names"] = [name.encode() for name in names]
        for name, shape in zip(names, shapes.values(), strict=True):
            file["cu"][name] = random(*shape)
    return path


@pytest.mark.parametrize("gates", [3, 4])
def test_cudnn_layers_have_fixed_functions(tmp_path: Path, gates: int) -> None:
    layer = load_model(cudnn_file(tmp_path / "m.h5", gates)).layers[0]
    assert layer.cell.options == {"activation": "tanh", "recurrent_activation": "sigmoid"}


def grouped(path: Path, *groups: Group) -> Path:
    """A .weights.h5 of Keras 3: each group with the name that Keras gives its layer."""
    with h5py.File(path, "w") as file:
        for number, (group, name, shapes) in enumerate(groups):
            held = file.create_group(f"{group}/vars")
            own = group.removesuffix("/cell")
            file.require_group(f"{own}/vars").attrs["name"] = name
            for index, shape in enumerate(shapes):
                held[str(index)] = random(*shape, seed=number)
    return path


def recurrent(features: int) -> list[tuple[int, ...]]:
    return [(features, 4 * H), (H, 4 * H), (4 * H,)]


def test_an_embedding_by_the_name_that_keras_gave_it(tmp_path: Path) -> None:
    """In a class of the user's own the group is called after the attribute."""
    groups: list[Group] = [
        ("layers/head", "dense", [(H, 2), (2,)]),
        ("layers/rnn/cell", "lstm", recurrent(D)),
        ("layers/table", "embedding_2", [(11, D)]),
    ]
    path = grouped(tmp_path / "m.weights.h5", *groups)
    model = load_model(path)
    assert [x.cell.name for x in model.layers] == ["Embedding", "LSTM", "Dense"]


def test_what_only_a_description_says_is_a_warning(tmp_path: Path) -> None:
    path = grouped(tmp_path / "m.weights.h5", ("layers/lstm/cell", "lstm", recurrent(D)))
    told = warnings(load_model(path))
    assert "weights alone" in told
    assert "order, masks, directions, return_sequences and activations are not" in told
    assert "open the .keras" in told


def test_a_list_by_name_says_the_order(tmp_path: Path) -> None:
    told = warnings(load_model(cudnn_file(tmp_path / "m.h5", 4)))
    assert "Keras 2.2.4): masks, directions" in told


def test_a_class_of_its_own_warns_likewise(tmp_path: Path) -> None:
    model = load_model(archive(tmp_path / "m.keras", {"class_name": "Mine", "config": {}}))
    assert "Mine is a class of its own" in warnings(model)
    assert "activations are not said" in warnings(model)
    assert not any("describes them" in note.text for note in model.notes)


def test_a_dense_layer_between_recurrent_ones_is_a_warning(tmp_path: Path) -> None:
    """An encoder, a decoder and its head: only with the head between do the sizes fit."""
    groups: list[Group] = [
        ("layers/lstm/cell", "enc", recurrent(D)),
        ("layers/lstm_1/cell", "dec", recurrent(2)),
        ("layers/dense", "head", [(H, 2), (2,)]),
    ]
    model = load_model(grouped(tmp_path / "m.weights.h5", *groups))
    assert [x.name for x in model.layers] == ["enc", "head", "dec"]
    assert "head: Dense before a recurrent layer" in warnings(model)
    assert np.isfinite(model.layers[0].weights["Wx_i"]).all()


def test_a_convolution_is_called_one(tmp_path: Path) -> None:
    groups: list[Group] = [
        ("layers/conv1d", "filters", [(3, 2, D), (D,)]),
        ("layers/lstm/cell", "lstm", recurrent(D)),
    ]
    model = load_model(grouped(tmp_path / "m.weights.h5", *groups))
    assert [x.name for x in model.layers] == ["lstm"]
    assert "not run: convolution 'filters'" in warnings(model)

"""One-hot weights: numbers that tell where they stand, loaded by the runtime under test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import InputError, load_model
from rnnstep.vectorfiles import write_vectors
from rnnstep.vectors import judge, make_vectors, one_hot, read_vectors
from rnnstep.weights import make_request
from rnnstep.weights.build import load
from rnnstep.weights.files import TensorFile, read_tensors
from tests.debugger.runs import D, H, lstm
from tests.debugger.runtime import Runtime, answer

STACKED = {
    "weight_ih_l0": np.zeros((4 * H, D), np.float32),
    "weight_hh_l0": np.zeros((4 * H, H), np.float32),
    "bias_ih_l0": np.zeros(4 * H, np.float32),
    "bias_hh_l0": np.zeros(4 * H, np.float32),
}


def gates() -> TensorFile:
    """An LSTM whose gates are tensors of their own."""
    return TensorFile(Path("lstm.npz"), dict(lstm().layers[0].weights))


@pytest.mark.parametrize("file", [gates(), TensorFile(Path("torch.npz"), STACKED)])
def test_every_number_is_there_once_and_alone(file: TensorFile) -> None:
    made = one_hot(file).tensors
    numbers: list[float] = []
    for name, array in made.items():
        assert (array.shape, array.dtype) == (file.tensors[name].shape, file.tensors[name].dtype)
        if array.ndim == 2:
            longer = 1 if array.shape[0] >= array.shape[1] else 0
            assert ((array != 0).sum(axis=longer) == 1).all()
            if array.shape[0] == array.shape[1]:
                assert not np.array_equal(array, array.T)
        numbers += array[array != 0].tolist()
    assert len(set(numbers)) == len(numbers)


def test_a_kernel_that_lies_down_is_one_hot_along_its_longer_axis() -> None:
    kernel = np.zeros((D, 4 * H), np.float32)
    made = one_hot(TensorFile(Path("keras.npz"), {"kernel": kernel})).tensors["kernel"]
    assert ((made != 0).sum(axis=0) == 1).all()


def test_what_is_no_weight_stays() -> None:
    kept = {"count": np.arange(3), "scalar": np.array(2.0), "filter": np.ones((2, 2, 2))}
    made = one_hot(TensorFile(Path("a.npz"), kept)).tensors
    assert all(np.array_equal(made[name], kept[name]) for name in kept)


def test_the_weights_stand_beside_their_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "torch.npz", **STACKED)  # type: ignore[arg-type]
    file = one_hot(read_tensors(tmp_path / "torch.npz"))
    vectors = make_vectors(load(file, make_request()).model)
    write_vectors(vectors, tmp_path / "v", weights=file)
    again = read_vectors(tmp_path / "v")
    assert again.weights == "one_hot.npz"
    model = load_model(tmp_path / "v" / "one_hot.npz")
    own = {name: np.array(array) for name, array in model.layers[0].weights.items()}
    assert judge(again, answer(again, Runtime(own)), "r").passed
    swapped = own | {"Wx_i": own["Wx_f"], "Wx_f": own["Wx_i"]}
    assert not judge(again, answer(again, Runtime(swapped)), "r").passed


def test_two_gates_as_tensors_of_their_own_differ() -> None:
    vectors = make_vectors(load(one_hot(gates()), make_request()).model)
    own = {name: np.array(array) for name, array in one_hot(gates()).tensors.items()}
    assert judge(vectors, answer(vectors, Runtime(own)), "r").passed
    for kind in ("Wx", "Wh", "b"):
        swapped = own | {f"{kind}_i": own[f"{kind}_o"], f"{kind}_o": own[f"{kind}_i"]}
        assert not judge(vectors, answer(vectors, Runtime(swapped)), "r").passed, kind


def test_a_file_that_describes_its_layers_is_refused() -> None:
    file = gates().replaced(blueprint=lambda _: pytest.fail("it is not read"))
    with pytest.raises(InputError, match="--one-hot takes tensors by name"):
        one_hot(file)

"""Kernels in another layout of memory, as between Keras, its cuDNN layers and PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import build_layer, load_cell, load_model
from rnnstep.diagnosis import Finding, Solver
from rnnstep.diagnosis.layouts import layout_changes
from tests.cli.test_command import run
from tests.debugger.planted import Port
from tests.debugger.test_planted import D, H, T, compared, setting

h5py = pytest.importorskip("h5py")

Array = npt.NDArray[Any]
KERAS = {"LSTM": "ifgo", "GRU": "zrn"}


def arrays(cell: str, fast: bool, features: int) -> dict[str, Array]:
    """A layer's weights as Keras saves them; of a cuDNN layer with both biases in one row."""
    random = np.random.default_rng(4)
    gates = len(KERAS[cell])
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (features, gates * H),
        "recurrent_kernel": (H, gates * H),
        "bias": (2 * gates * H,) if fast else (2, gates * H) if cell == "GRU" else (gates * H,),
    }
    return {name: random.normal(size=s).astype(np.float32) * 0.7 for name, s in shapes.items()}


def file_of(path: Path, tensors: dict[str, Array]) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"], file.attrs["keras_version"] = [b"rnn"], b"2.4.3"
        names = [f"rnn/{name}:0" for name in tensors]
        file.create_group("rnn").attrs["weight_names"] = [name.encode() for name in names]
        for name, array in zip(names, tensors.values(), strict=True):
            file["rnn"][name] = array
    return path


def port_of(cell: str, tensors: dict[str, Array], fast: bool, biases: Array) -> Port:
    """A port that takes the kernels as those of a cuDNN layer, or of a plain one.

    Args:
        cell: ``LSTM`` or ``GRU``.
        tensors: as the file has them.
        fast: whether they are taken as a cuDNN layer's: the memory of each gate is its matrix,
            (units, inputs), whatever the shape is.
        biases: that of the input and the recurrent one, (2, gates × units).
    """
    weights: dict[str, Array] = {}
    for role, name in (("Wx", "kernel"), ("Wh", "recurrent_kernel")):
        for gate, block in zip(KERAS[cell], _blocks(tensors[name]), strict=True):
            matrix = np.ravel(block).reshape(H, -1) if fast else block.T
            weights[f"{role}_{gate}"] = matrix
    for gate, both in zip(KERAS[cell], _blocks(biases), strict=True):
        weights |= {f"b_{gate}": both[0] + both[1], f"bx_{gate}": both[0], f"bh_{gate}": both[1]}
    return Port(cell, weights)


def _blocks(array: Array) -> list[Array]:
    return np.split(array, array.shape[-1] // H, axis=-1)


@pytest.mark.parametrize("cell", KERAS)
@pytest.mark.parametrize("features", [D, H])
@pytest.mark.parametrize("fast", [True, False])
def test_weights_of_a_cudnn_layer_that_are_not_converted_are_named(
    tmp_path: Path,
    cell: str,
    features: int,
    fast: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tensors = arrays(cell, fast, features)
    bias = tensors["bias"]
    single = bias.ndim == 1 and not fast
    biases = np.stack([bias, 0 * bias]) if single else bias.reshape(2, -1)
    xs = np.random.default_rng(6).normal(size=(T, features)).astype(np.float32)
    zero = np.zeros(H, np.float32)
    np.save(tmp_path / "x.npy", xs)
    np.save(tmp_path / "h.npy", port_of(cell, tensors, fast, biases).run(xs, zero, zero))
    said = ["check", str(tmp_path / "x.npy"), "--expect", str(tmp_path / "h.npy"), "--weights"]
    said.append(str(file_of(tmp_path / "w.h5", tensors)))
    # taken as what it is, the file gives what this run gives
    assert run(*said) == 0
    capsys.readouterr()
    np.save(tmp_path / "h.npy", port_of(cell, tensors, not fast, biases).run(xs, zero, zero))
    assert run(*said) == 1
    names = (f"CuDNN{cell}", cell) if fast else (cell, f"CuDNN{cell}")
    told = "the weights are in the layout of Keras' {}, and not converted to that of its {}"
    if features == H:
        told = f"both kernels are transposed, as Keras' {cell} and CuDNN{cell} have them"
    assert f"EXPLAINED: {told.format(*names)}\n" in capsys.readouterr().out


@pytest.mark.parametrize("features", [D, H])
def test_one_bias_given_as_both_of_a_cudnn_layer_is_named_with_it(
    tmp_path: Path, features: int
) -> None:
    tensors = arrays("LSTM", False, features)
    model = load_model(file_of(tmp_path / "w.h5", tensors))
    xs = np.random.default_rng(6).normal(size=(T, features)).astype(np.float32)
    zero = np.zeros(H, np.float32)
    port = port_of("LSTM", tensors, True, np.stack([tensors["bias"]] * 2))
    comparison = compared(model, xs, zero, zero, port.run(xs, zero, zero))
    (found,) = (one for one in Solver(comparison).search(1) if isinstance(one, Finding))
    assert found.words.endswith("its bias is taken as each of cuDNN's two")


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("features", [D, H])
@pytest.mark.parametrize("from_keras", [True, False])
def test_the_memory_of_whole_kernels_read_in_another_shape_is_named(
    cell: str, features: int, from_keras: bool
) -> None:
    # all gates side by side, (input, gates × units), or one below the other, (gates × units, input)
    port, model, _, h, c = setting(cell, features=features)
    theirs = {"LSTM": "ifgo", "GRU": "rzn", "SimpleRNN": ""}[cell]
    ours = KERAS.get(cell, "")
    stored, read = (ours, theirs) if from_keras else (theirs, ours)
    weights = dict(port.weights)
    for role in ("Wx", "Wh"):
        rows = np.concatenate([weights[f"{role}_{g}" if g else role] for g in stored or [""]])
        memory = np.ravel(rows.T if from_keras else rows)
        whole = memory.reshape(rows.shape) if from_keras else memory.reshape(rows.shape[::-1]).T
        for gate, matrix in zip(read or [""], np.split(whole, len(read) or 1), strict=True):
            weights[f"{role}_{gate}" if gate else role] = matrix
    xs = np.random.default_rng(6).normal(size=(T, features)).astype(np.float32)
    comparison = compared(model, xs, h, c, Port(cell, weights).run(xs, h, c))
    found = [one.words for one in Solver(comparison).search(1) if isinstance(one, Finding)]
    axes = ["(input, gates) as Keras has", "(gates, input) as cuDNN and PyTorch have"]
    told = f"the kernels, in memory {axes[not from_keras]} them"
    told = "both kernels are transposed" if cell == "SimpleRNN" and features == H else told
    assert [words.startswith(told) for words in found] == [True], found
    assert ("and the gates" in found[0]) == (cell == "GRU")


@pytest.mark.parametrize("cell", ["IndRNN", "LSTMProjected"])
def test_no_layout_is_tried_of_a_layer_without_two_such_kernels(cell: str) -> None:
    listing = load_cell(cell)
    sizes = {"input": D, "hidden": H, "projection": H - 1}
    weights = {w.name: np.ones([sizes[str(a)] for a in w.shape]) for w in listing.weights}
    assert list(layout_changes(0, build_layer("layer", listing, weights), "")) == []

"""Which layer reads which, where a file holds tensors alone: taken, and said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnstep import Model, load_model

D = H = 6


def gru(name: str) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(len(name)).normal
    shapes = {"weight_ih_l0": (3 * H, D), "weight_hh_l0": (3 * H, H), "bias_ih_l0": (3 * H,)}
    return {f"{name}.{leaf}": draw(size=shape) for leaf, shape in shapes.items()}


def dense(name: str, outputs: int = H) -> dict[str, np.ndarray]:
    return {f"{name}.weight": np.ones((outputs, H)), f"{name}.bias": np.ones(outputs)}


def opened(folder: Path, ending: str, tensors: dict[str, np.ndarray]) -> Model:
    path = folder / f"model.{ending}"
    if ending == "npz":
        np.savez(path, **tensors)  # type: ignore[arg-type]
    else:
        save_file(tensors, path)
    return load_model(path)


def warned(model: Model) -> list[str]:
    return [note.text for note in model.notes if note.warning]


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_an_encoder_runs_before_its_decoder_and_that_is_a_warning(
    tmp_path: Path, ending: str
) -> None:
    tensors = gru("encoder.gru") | gru("decoder.gru") | dense("decoder.out", 3)
    model = opened(tmp_path, ending, tensors)
    names = [layer.name for layer in model.layers]
    assert names == ["encoder/gru", "decoder/gru", "decoder/out"]
    assert "'decoder/gru' is taken to read 'encoder/gru'" in warned(model)


def test_siblings_of_one_size_are_a_warning_and_numbered_layers_are_none(tmp_path: Path) -> None:
    doubtful = opened(tmp_path, "npz", gru("rnn") | dense("mu") | dense("sigma"))
    between = "no function, such as relu, is run between 'mu' and 'sigma'"
    assert warned(doubtful) == ["'sigma' is taken to read 'mu'", between]
    assert not warned(opened(tmp_path, "npz", gru("rnn1") | gru("rnn2") | dense("fc", 2)))


def test_a_sorted_file_has_its_head_at_the_end(tmp_path: Path) -> None:
    model = opened(tmp_path, "safetensors", gru("rnn") | dense("fc"))
    assert [layer.name for layer in model.layers] == ["rnn", "fc"]
    assert any("order of the layers" in note.text for note in model.notes)

"""A file with two recurrent stacks: the layer's name says which of them is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnstep import UnknownNameError, open_session


def files(folder: Path) -> tuple[Path, Path]:
    random = np.random.default_rng(0)
    shapes = {
        "weight_ih_l0": (16, 3),
        "weight_hh_l0": (16, 4),
        "bias_ih_l0": (16,),
        "bias_hh_l0": (16,),
    }
    tensors = {
        f"{stack}.lstm.{name}": random.normal(size=shape).astype(np.float32)
        for stack in ("encoder", "decoder")
        for name, shape in shapes.items()
    }
    save_file(tensors, folder / "two.safetensors")
    np.save(folder / "seq.npy", random.normal(size=(5, 3)).astype(np.float32))
    return folder / "seq.npy", folder / "two.safetensors"


@pytest.mark.parametrize("name", ["decoder/lstm", "decoder.lstm"])
def test_a_layer_s_name_chooses_the_stack(tmp_path: Path, name: str) -> None:
    seq, weights = files(tmp_path)
    chosen = open_session(seq, weights=weights, layer=name).trace.series("h_t")
    alone = open_session(seq, weights=weights, prefix="decoder.lstm.").trace.series("h_t")
    first = open_session(seq, weights=weights).trace.series("h_t")
    assert np.array_equal(chosen, alone)
    assert not np.array_equal(chosen, first)


def test_a_name_that_no_stack_has(tmp_path: Path) -> None:
    seq, weights = files(tmp_path)
    with pytest.raises(UnknownNameError, match="no layer 'middle'"):
        open_session(seq, weights=weights, layer="middle")

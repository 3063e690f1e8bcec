"""Test vectors put to PyTorch as a black box: a correct runtime passes, a wrong one does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import load_model
from rnnstep.vectorfiles import write_vectors
from rnnstep.vectors import Judgement, Results, judge, make_vectors, read_vectors

pytest.importorskip("torch")

import torch

INPUTS, UNITS, OUTPUTS = 3, 5, 2
KINDS = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "RNN": torch.nn.RNN}


class Network(torch.nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.rnn = KINDS[kind](INPUTS, UNITS, num_layers=2)
        self.head = torch.nn.Linear(UNITS, OUTPUTS)

    def run(self, x: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The outputs, and the last states as the vectors have them: layer by layer, h then c."""
        kinds = 2 if isinstance(self.rnn, torch.nn.LSTM) else 1
        rows = torch.tensor(np.array(state)).reshape(2, kinds, UNITS).transpose(0, 1).contiguous()
        with torch.no_grad():
            given = (rows[0], rows[1]) if kinds == 2 else rows[0]
            outputs, last = self.rnn(torch.tensor(np.array(x)), given)
            ended = torch.stack(last) if kinds == 2 else last[None]
            return self.head(outputs).numpy(), ended.transpose(0, 1).reshape(-1).numpy()


def judged(network: Network, folder: Path) -> Judgement:
    vectors = read_vectors(folder)
    found = Results()
    for vector in vectors.vectors:
        outputs, found.finals[vector.name] = network.run(vector.x, vector.state)
        found.outputs[vector.name] = dict(enumerate(outputs))
    return judge(vectors, found, "torch")


@pytest.mark.parametrize("kind", KINDS)
def test_torch_passes_and_a_wrong_weight_is_placed(tmp_path: Path, kind: str) -> None:
    torch.manual_seed(0)
    network = Network(kind)
    torch.save(network.state_dict(), tmp_path / "network.pt")
    write_vectors(make_vectors(load_model(tmp_path / "network.pt")), tmp_path / "v")
    found = judged(network, tmp_path / "v")
    assert found.passed
    assert found.finals
    with torch.no_grad():
        network.rnn.weight_hh_l0.copy_(torch.roll(network.rnn.weight_hh_l0, 1, dims=1))
    found = judged(network, tmp_path / "v")
    assert found.simplest is not None
    assert found.simplest.vector.name == "unit_0"
    assert "recurrent weights" in found.means

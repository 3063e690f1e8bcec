"""Whole models of PyTorch by their state dicts: which layers run, in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnnstep
from tests.parity.torch_models import Case, D, H, T, near, random

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")


class Whole(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Embedding, recurrent layer, normalisations, two heads; made in another order than run."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = torch.nn.Linear(6, 2)
        self.embed = torch.nn.Embedding(9, D)
        self.gru = torch.nn.GRU(D, H, batch_first=True)
        self.norm = torch.nn.LayerNorm(H)
        self.bn = torch.nn.BatchNorm1d(H)
        self.hidden = torch.nn.Linear(H, 6)

    def forward(self, numbers: Any) -> Any:
        made = self.norm(self.gru(self.embed(numbers))[0])
        made = self.bn(made.transpose(1, 2)).transpose(1, 2)
        return self.fc(self.hidden(made))


def whole() -> Any:
    torch.manual_seed(4)
    model = Whole().eval()
    for part in (model.norm, model.bn):
        torch.nn.init.normal_(part.weight)
        torch.nn.init.normal_(part.bias)
    model.bn.running_mean.normal_()
    model.bn.running_var.uniform_(0.5, 2)
    return model


def test_a_whole_model_in_the_order_in_which_it_fits(tmp_path: Path) -> None:
    model = whole()
    path = tmp_path / "m.pt"
    torch.save(model.state_dict(), path)
    numbers = np.array([1, 8, 0, 3, 3, 5, 2])
    with torch.no_grad():
        expected = model(torch.from_numpy(numbers)[None])[0].numpy()
    loaded = rnnstep.load_model(path)
    found = np.stack([step.output for step in rnnstep.steps(loaded, numbers)])
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    assert any("order of the layers" in str(note) for note in loaded.notes)
    assert not any("not used" in str(note) for note in loaded.notes)


def test_layers_that_do_not_fit_are_said_and_not_run(tmp_path: Path) -> None:
    parts = {
        "conv": torch.nn.Conv1d(2, D, 3),
        "lstm": torch.nn.LSTM(D, H),
        "flat": torch.nn.Linear(40, 7),
    }
    torch.save(torch.nn.ModuleDict(parts).state_dict(), tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt")
    assert [layer.name for layer in model.layers] == ["lstm"]
    said = "\n".join(map(str, model.notes))
    assert "not run, as they do not fit one after another: flat 40→7" in said
    assert "conv.weight" in said


def test_a_second_input_begins_at_an_embedding_after_a_recurrent_layer(tmp_path: Path) -> None:
    def half() -> Any:
        return torch.nn.ModuleDict({"table": torch.nn.Embedding(9, H), "gru": torch.nn.GRU(H, H)})

    both = torch.nn.ModuleDict({"encoder": half(), "decoder": half()})
    state = {name.replace("table", "emb"): t for name, t in both.state_dict().items()}
    torch.save(state, tmp_path / "m.pt")
    names = [layer.name for layer in rnnstep.load_model(tmp_path / "m.pt").layers]
    assert names == ["encoder/emb", "encoder/gru"]
    decoder = rnnstep.load_model(tmp_path / "m.pt", prefix="decoder.")
    assert [layer.name for layer in decoder.layers] == ["emb", "gru"]


def test_a_table_without_a_telling_name_is_known_by_its_shape(tmp_path: Path) -> None:
    parts = {"encoder": torch.nn.Embedding(9, D), "rnn": torch.nn.LSTM(D, H)}
    torch.save(torch.nn.ModuleDict(parts).state_dict(), tmp_path / "m.pt")
    cells = [layer.cell.name for layer in rnnstep.load_model(tmp_path / "m.pt").layers]
    assert cells == ["Embedding", "LSTM"]


def parametrized(old: bool) -> Any:
    torch.manual_seed(2)
    module = torch.nn.GRU(D, H)
    normed = torch.nn.utils.weight_norm if old else torch.nn.utils.parametrizations.weight_norm
    for name in ("weight_ih_l0", "weight_hh_l0"):
        normed(module, name)
        size = f"{name}_g" if old else f"parametrizations.{name}.original0"
        with torch.no_grad():
            module.get_parameter(size).mul_(1.7)
    return module


@pytest.mark.parametrize("old", [True, False], ids=["hook", "parametrization"])
def test_weight_norm_is_put_together(old: bool, tmp_path: Path) -> None:
    module = parametrized(old)
    torch.save(module.state_dict(), tmp_path / "m.pt")
    xs = random(T, D, dtype="float32", seed=1)
    with torch.no_grad():
        expected = module(torch.from_numpy(xs))[0].numpy()
    model = rnnstep.load_model(tmp_path / "m.pt")
    near(Case("GRU", 1, False, True, "float32"), rnnstep.Trace(model, xs).series("h_t"), expected)
    assert any("g · v / ‖v‖" in str(note) for note in model.notes)


def test_another_parametrization_is_said(tmp_path: Path) -> None:
    model = torch.nn.ModuleDict({"gru": torch.nn.GRU(D, H), "fc": torch.nn.Linear(H, H)})
    torch.nn.utils.parametrizations.orthogonal(model["fc"])
    torch.save(model.state_dict(), tmp_path / "m.pt")
    notes = rnnstep.load_model(tmp_path / "m.pt").notes
    assert any("remove_parametrizations" in str(note) and note.warning for note in notes)

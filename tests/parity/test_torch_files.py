"""Files of PyTorch beside PyTorch: every kind of layer, saved in every way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnnstep
from rnnstep.errors import InputError
from rnnstep.weights.torch.layout import look_through
from rnnstep.weights.torch.storages import described, read_described
from tests.parity.torch_models import KINDS, Case, D, H, T, compare, near, random, run

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

CASES = [
    Case(*settings, batch_first=bool(number % 2))
    for number, settings in enumerate(
        product(KINDS, (1, 2, 3), (False, True), (True, False), ("float32", "float64"))
    )
]


def as_state_dict(module: Any, path: Path) -> None:
    torch.save(module.state_dict(), path)


def as_checkpoint(module: Any, path: Path) -> None:
    kept = {f"module.{name}": tensor.clone() for name, tensor in module.state_dict().items()}
    adam = torch.optim.Adam(module.parameters())
    sum(p.sum() for p in module.parameters()).backward()
    adam.step()
    torch.save({"epoch": 3, "optimizer": adam.state_dict(), "model_state_dict": kept}, path)


def as_older(module: Any, path: Path) -> None:
    torch.save(module.state_dict(), path, _use_new_zipfile_serialization=False)


def as_safetensors(module: Any, path: Path) -> None:
    from safetensors.torch import save_file

    save_file(module.state_dict(), path)


SAVED: dict[str, tuple[str, Callable[[Any, Path], None]]] = {
    "state dict": ("pt", as_state_dict),
    "checkpoint": ("pth", as_checkpoint),
    "older": ("pt", as_older),
    "safetensors": ("safetensors", as_safetensors),
}


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_layer_saved_in_every_way(case: Case, how: str, tmp_path: Path) -> None:
    ran = run(case)
    ending, save = SAVED[how]
    path = tmp_path / f"model.{ending}"
    save(ran.module, path)
    activation = "relu" if case.kind == "relu" else ""
    compare(case, ran, rnnstep.load_model(path, activation=activation))


@pytest.mark.parametrize("traced", [False, True], ids=["scripted", "traced"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_torchscript_archive_says_its_nonlinearity(
    kind: str, traced: bool, tmp_path: Path
) -> None:
    case = Case(kind, 2, True, True, "float32")
    ran = run(case)
    made = torch.jit.trace(ran.module, torch.zeros(T, 1, D)) if traced else None
    (made or torch.jit.script(ran.module)).save(str(tmp_path / "m.jit"))
    compare(case, ran, rnnstep.load_model(tmp_path / "m.jit"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_pickle_read_by_itself_gives_what_torch_loads(kind: str, tmp_path: Path) -> None:
    ran = run(Case(kind, 2, True, True, "float32"))
    state = ran.module.state_dict()
    path = tmp_path / "m.pt"
    torch.save(state, path)
    layout = look_through(path)
    pairs = [(name, one) for name, made in layout.tree.root.items() if (one := described(made))]
    found = read_described(layout, pairs)
    assert found.keys() == state.keys()
    for name, tensor in state.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())


CELLS = {"tanh": "RNNCell", "relu": "RNNCell", "GRU": "GRUCell", "LSTM": "LSTMCell"}


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "nobias"])
@pytest.mark.parametrize("kind", CELLS)
def test_a_cell(kind: str, bias: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    settings = {"nonlinearity": kind} if kind in ("tanh", "relu") else {}
    cell = getattr(torch.nn, CELLS[kind])(D, H, bias=bias, **settings)
    torch.save({f"cell.{n}": t for n, t in cell.state_dict().items()}, tmp_path / "m.pt")
    xs = random(T, D, dtype="float32", seed=1)
    states = [random(H, dtype="float32", seed=s) for s in ((2, 3) if kind == "LSTM" else (2,))]
    carried: Any = tuple(torch.from_numpy(s) for s in states)
    outputs = []
    with torch.no_grad():
        for x in torch.from_numpy(xs):
            carried = cell(x, carried if kind == "LSTM" else carried[0])
            carried = carried if kind == "LSTM" else (carried,)
            outputs.append(carried[0].numpy())
    activation = kind if kind == "relu" else ""
    model = rnnstep.load_model(tmp_path / "m.pt", activation=activation)
    given = dict(zip(model.state_names, states, strict=True))
    found = rnnstep.Trace(model, xs, given).series("h_t")
    near(Case(kind, 1, False, bias, "float32"), found, np.stack(outputs))


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


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float8_e4m3fn"])
def test_small_floats_are_exact(dtype: str, tmp_path: Path) -> None:
    made = torch.nn.GRU(D, H)
    state = {name: tensor.to(getattr(torch, dtype)) for name, tensor in made.state_dict().items()}
    torch.save(state, tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt", dtype="float32")
    rows = np.concatenate([model.layers[0].weights[f"Wx_{gate}"] for gate in "rzn"])
    np.testing.assert_array_equal(rows, state["weight_ih_l0"].float().numpy())


def test_views_and_shared_storages(tmp_path: Path) -> None:
    base = torch.randn(D, 3 * H).double()
    state = torch.nn.GRU(D, H, dtype=torch.float64).state_dict()
    state["weight_ih_l0"] = base.T
    state["bias_ih_l0"] = state["bias_hh_l0"] = torch.arange(60.0).double()[3::4]
    torch.save(state, tmp_path / "m.pt")
    weights = rnnstep.load_model(tmp_path / "m.pt").layers[0].weights
    np.testing.assert_array_equal(weights["Wx_r"], base.T[:H].numpy())
    np.testing.assert_array_equal(weights["bx_n"], np.arange(3.0, 60, 4)[-H:])


class Settings:
    """A user's class beside the tensors."""


def test_objects_beside_the_tensors_are_not_read(tmp_path: Path) -> None:
    case = Case("LSTM", 2, True, True, "float32")
    ran = run(case)
    beside = {"args": Settings(), "best": np.float64(0.25), "state_dict": ran.module.state_dict()}
    torch.save(beside, tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt")
    compare(case, ran, model)
    assert any("Settings" in str(note) and note.warning for note in model.notes)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a tensor": (lambda: torch.ones(3), "one tensor without a name"),
    "a number": (lambda: 3, "no tensors by name"),
    "nothing": (lambda: {}, "no tensors by name"),
    "a module": (lambda: torch.nn.GRU(D, H), "torch.save(model.state_dict()"),
    "sparse": (lambda: {"w.a": torch.eye(3).to_sparse()}, "'w.a' holds a sparse tensor"),
    "complex": (lambda: {"w.a": torch.ones(3, dtype=torch.complex64)}, "'w.a' holds complex"),
    "quantized": (
        lambda: {"w.a": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)},
        "'w.a' holds quantized numbers",
    ),
    "meta": (lambda: {"w.a": torch.empty(3, device="meta")}, "'w.a' holds no numbers"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_state_dict_is_refused_in_one_line(what: str, tmp_path: Path) -> None:
    make, told = REFUSED[what]
    torch.save(make(), tmp_path / "m.pt")
    with pytest.raises(InputError) as refused:
        rnnstep.load_model(tmp_path / "m.pt")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_wrappers_are_taken_from_the_names(tmp_path: Path) -> None:
    state = torch.nn.GRU(D, H).state_dict()
    named = {f"_orig_mod.module.rnn._orig_mod.{name}": tensor for name, tensor in state.items()}
    torch.save({"net": {"weights": named}}, tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt")
    assert [layer.name for layer in model.layers] == ["rnn"]
    said = "\n".join(map(str, model.notes))
    assert "under 'net.weights'" in said
    assert "'_orig_mod.' taken from the front" in said
    assert "'module.' taken from the front" in said


def test_an_old_torch_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(torch.nn.GRU(D, H).state_dict(), tmp_path / "m.pt")
    monkeypatch.setattr(torch, "__version__", "2.9.1+cpu")
    with pytest.raises(InputError, match=r"CVE-2026-24747\): pip install 'torch>=2.10'"):
        rnnstep.load_model(tmp_path / "m.pt")

"""What else PyTorch saves: small floats, views, objects; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnnstep
from rnnstep.errors import InputError
from tests.parity.torch_models import Case, D, H, compare, run

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")


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


@pytest.mark.parametrize("ending", ["pth.tar", "ckpt", "bin", "ts", "PTH.TAR"])
def test_the_other_endings_of_saved_models(ending: str, tmp_path: Path) -> None:
    module = torch.nn.LSTM(D, H)
    path = tmp_path / f"model.{ending}"
    if ending == "ts":
        torch.jit.script(module).save(str(path))
    else:
        torch.save({"state_dict": module.state_dict(), "epoch": 3}, path)
    weights = rnnstep.load_model(path).layers[0].weights
    np.testing.assert_array_equal(weights["Wx_i"], module.weight_ih_l0.detach()[:H].numpy())


@pytest.mark.parametrize("ending", ["pth.tar", "ckpt", "bin", "ts"])
def test_other_files_with_such_an_ending_are_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model.{ending}"
    path.write_bytes(b"TF-checkpoint\x00" * 9)
    with pytest.raises(InputError, match=r"not a file that torch\.save wrote"):
        rnnstep.load_model(path)


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_a_tensor_beside_the_state_dict(key: str, tmp_path: Path) -> None:
    module = torch.nn.LSTM(D, H)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(4, D))[0].sum().backward()
    optimizer.step()
    held = {"optimizer": optimizer.state_dict(), "loss": torch.tensor(0.5)}
    torch.save({**held, key: module.state_dict()}, tmp_path / "m.pt")
    model = rnnstep.load_model(tmp_path / "m.pt")
    assert [layer.name for layer in model.layers] == ["lstm"]
    said = [note.text for note in model.notes]
    assert f"the state dict under '{key}'" in said
    assert f"not read beside '{key}': optimizer, loss" in said


@pytest.mark.parametrize("beside", [False, True])
def test_a_scripted_modules_parts_are_no_state_dicts(beside: bool, tmp_path: Path) -> None:
    """A submodule has a name under which checkpoints hold a state dict."""
    made = torch.nn.Sequential()
    made.add_module("net", torch.nn.Linear(D, D))
    made.add_module("rnn", torch.nn.GRU(D, H))
    if beside:
        made.register_parameter("scale", torch.nn.Parameter(torch.ones(1)))
    torch.jit.script(made).save(str(tmp_path / "m.pt"))
    model = rnnstep.load_model(tmp_path / "m.pt")
    assert {layer.name: layer.cell.name for layer in model.layers} == {"net": "Dense", "rnn": "GRU"}


def test_a_convolution_is_called_one(tmp_path: Path) -> None:
    parts = {"conv": torch.nn.Conv1d(4, 7, 3), "lstm": torch.nn.LSTM(7, H)}
    torch.save(torch.nn.ModuleDict(parts).state_dict(), tmp_path / "m.pt")
    warnings = [n.text for n in rnnstep.load_model(tmp_path / "m.pt").notes if n.warning]
    assert any("a convolution" in text and "conv.weight (7, 4, 3)" in text for text in warnings)

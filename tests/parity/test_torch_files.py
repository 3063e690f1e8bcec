"""Files of PyTorch beside PyTorch: every kind of layer, saved in every way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnnstep
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

"""What PyTorch exports to ONNX: every value of every layer beside ONNX Runtime."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("torch")

import onnx
import torch
from onnx import TensorProto, helper

import rnnstep
from tests.parity.by_onnx import random, run

pytestmark = pytest.mark.filterwarnings("ignore")
T, D, H = 7, 3, 5
ATOL = 1e-5


class Net(torch.nn.Module):
    """A recurrent stack with a head, as people write it."""

    def __init__(
        self, kind: str, depth: int, both: bool, batch_first: bool, head: str, embed: bool
    ) -> None:
        super().__init__()
        width = 2 * H if both else H
        self.head, self.batch_first = head, batch_first
        self.embedding = torch.nn.Embedding(11, D) if embed else torch.nn.Identity()
        self.rnn = getattr(torch.nn, kind)(D, H, depth, bidirectional=both, batch_first=batch_first)
        self.norm = torch.nn.LayerNorm(width)
        self.scale = torch.nn.BatchNorm1d(width)
        self.first = torch.nn.Linear(width, 6)
        self.out = torch.nn.Linear(6, 4)

    def forward(self, x: Any) -> Any:
        made, state = self.rnn(self.embedding(x))
        if self.head == "states":
            h = state[0] if isinstance(state, tuple) else state
            both = self.rnn.bidirectional
            made = torch.cat([h[-2], h[-1]], 1) if both else h[-1]
        elif self.head == "last":
            made = made[:, -1] if self.batch_first else made[-1]
            made = self.scale(made)
        elif self.head == "norm":
            made = self.norm(made)
        made = self.out(torch.relu(self.first(made)))
        return torch.log_softmax(made, -1) if self.head == "last" else torch.softmax(made, -1)


def exported(net: Any, x: Any, folder: Path, opset: int = 17, dynamic: bool = True) -> Path:
    """The network as PyTorch's exporter writes it (the one that needs no onnxscript)."""
    path = folder / "model.onnx"
    axes = {"x": {0: "a", 1: "b"}} if dynamic else None
    torch.onnx.export(
        net, (x,), path, dynamo=False, opset_version=opset, input_names=["x"], dynamic_axes=axes
    )
    return path


def with_every_value(path: Path) -> tuple[Any, list[str]]:
    """The same model with what its recurrent nodes give among its outputs, and their names."""
    model = onnx.load(path)
    names = [
        output
        for node in model.graph.node
        if node.op_type in ("RNN", "GRU", "LSTM")
        for output in node.output
        if output
    ]
    known = {output.name for output in model.graph.output}
    for name in names:
        if name not in known:
            model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model, names


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=0, atol=ATOL)


KINDS = ("RNN", "GRU", "LSTM")
HEADS = ("every", "norm", "last", "states")


@pytest.mark.parametrize(
    ("kind", "depth", "both", "batch_first", "head"),
    product(KINDS, (1, 2), (False, True), (False, True), HEADS),
)
def test_pytorch_exports(
    tmp_path: Path, kind: str, depth: int, both: bool, batch_first: bool, head: str
) -> None:
    torch.manual_seed(depth)
    net = Net(kind, depth, both, batch_first, head, embed=False).eval()
    xs = random("float32", T, D, seed=1)
    x = torch.from_numpy(xs[None] if batch_first else xs[:, None])
    check_export(exported(net, x, tmp_path), xs, x.numpy(), head)


@pytest.mark.parametrize(("kind", "both", "head"), product(KINDS, (False, True), HEADS))
def test_pytorch_exports_with_an_embedding(
    tmp_path: Path, kind: str, both: bool, head: str
) -> None:
    net = Net(kind, 2, both, True, head, embed=True).eval()
    rows = np.random.default_rng(0).integers(0, 11, T)
    path = exported(net, torch.from_numpy(rows[None]), tmp_path)
    check_export(path, rows[:, None], rows[None], head)


@pytest.mark.parametrize(
    ("kind", "opset", "dynamic"), product(KINDS, (9, 11, 13, 14, 17), (False, True))
)
def test_pytorch_exports_of_other_opsets(
    tmp_path: Path, kind: str, opset: int, dynamic: bool
) -> None:
    net = Net(kind, 2, True, True, "every", embed=False).eval()
    xs = random("float32", T, D, seed=1)
    path = exported(net, torch.from_numpy(xs[None]), tmp_path, opset, dynamic)
    check_export(path, xs, xs[None], "every")


def check_export(path: Path, xs: Any, feed: Any, head: str) -> None:
    """Each layer's own outputs at every timestep, and the network's prediction."""
    model, names = with_every_value(path)
    result, *made = run(model, x=feed)
    values = dict(zip([o.name for o in model.graph.output[1:]], made, strict=True))
    loaded = rnnstep.load_model(path)
    assert not [note.text for note in loaded.notes if note.warning]
    trace = rnnstep.Trace(loaded, xs)
    nodes = [n for n in model.graph.node if n.op_type in ("RNN", "GRU", "LSTM")]
    layers = [layer.name for layer in loaded.layers if layer.cell.recurrent]
    for place, node in enumerate(nodes):
        ways = values[node.output[0]].shape[1]
        for way, layer in enumerate(layers[place * ways : (place + 1) * ways]):
            close(trace.series(f"{layer}/h_t"), values[node.output[0]][:, way, 0])
            for value, name in zip(("h_t", "c_t"), node.output[1:], strict=False):
                close(trace.series(f"{layer}/{value}")[0 if way else -1], values[name][way, 0])
    assert len(layers) == sum(values[node.output[0]].shape[1] for node in nodes)
    assert names
    steps = np.array([step.output for step in rnnstep.steps(loaded, xs)])
    if head in ("last", "states"):
        close(steps[-1], result[0])
    else:
        close(steps, result.reshape(T, -1))

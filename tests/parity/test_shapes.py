"""Shapes that hypothesis chooses: PyTorch's modules of any size, depth and direction.

The tolerance is that of the parity matrix, for each timestep beyond its eleven a little more.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnnstep

torch = pytest.importorskip("torch")

KINDS = ("RNN", "GRU", "LSTM")


@settings(max_examples=120)
@given(
    kind=st.sampled_from(KINDS),
    sizes=st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(2, 40)),
    depth=st.integers(1, 3),
    bidirectional=st.booleans(),
    bias=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 2**31),
)
def test_a_module_of_any_shape_is_run_as_pytorch_runs_it(
    kind: str,
    sizes: tuple[int, int, int],
    depth: int,
    bidirectional: bool,
    bias: bool,
    dtype: str,
    seed: int,
) -> None:
    features, hidden, length = sizes
    torch.manual_seed(seed)
    settings_: dict[str, Any] = {"bidirectional": bidirectional, "bias": bias}
    number = getattr(torch, dtype)
    module = getattr(torch.nn, kind)(features, hidden, depth, dtype=number, **settings_)
    xs = torch.randn(length, features, dtype=number)
    shape = (depth * (1 + bidirectional), hidden)
    given_ = [torch.randn(shape, dtype=number) for _ in range(1 + (kind == "LSTM"))]
    with torch.no_grad():
        expected = module(xs, tuple(given_) if kind == "LSTM" else given_[0])[0].numpy()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        torch.save(module.state_dict(), path)
        model = rnnstep.load_model(path)
    rows = zip(*given_, strict=True)
    state = dict(zip(model.state_names, (s.numpy() for row in rows for s in row), strict=True))
    output = np.stack([step.output for step in rnnstep.steps(model, xs.numpy(), state)])
    unit = np.spacing(np.abs(expected).max())
    assert np.abs(output - expected).max() <= 2 * (8 + length) * depth * unit

"""Recurrent modules of PyTorch with what they gave, for tests of their files and of debug()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import rnnstep

Array = npt.NDArray[Any]

T, D, H, P = 11, 3, 5, 2
KINDS = ("tanh", "relu", "GRU", "LSTM", "LSTMP")


@dataclass(frozen=True)
class Case:
    """One module: tanh and relu are nn.RNN, LSTMP is nn.LSTM with proj_size."""

    kind: str
    depth: int
    both: bool
    bias: bool
    dtype: str
    batch_first: bool = False

    @property
    def id(self) -> str:
        """For a test's name."""
        parts = [self.kind, str(self.depth), "both" if self.both else "one"]
        return "-".join([*parts, "bias" if self.bias else "nobias", self.dtype])


@dataclass(frozen=True)
class Ran:
    """A module, its input and states, and what it gave: output, h_n and perhaps c_n."""

    module: Any
    xs: Array
    states: tuple[Array, ...]
    output: Array
    last: tuple[Array, ...]


def random(*shape: int, dtype: str, seed: int) -> Array:
    """Numbers of about the size of trained weights."""
    return (np.random.default_rng(seed).normal(size=shape) * 0.6).astype(dtype)


def run(case: Case) -> Ran:
    """Make a module and run it on one sequence, as a batch of one."""
    import torch

    torch.manual_seed(case.depth)
    settings: dict[str, Any] = {
        "num_layers": case.depth,
        "bidirectional": case.both,
        "bias": case.bias,
        "batch_first": case.batch_first,
        "dtype": getattr(torch, case.dtype),
    }
    if case.kind in ("tanh", "relu"):
        settings["nonlinearity"] = case.kind
    if case.kind == "LSTMP":
        settings["proj_size"] = P
    name = "RNN" if case.kind in ("tanh", "relu") else case.kind.removesuffix("P")
    module = getattr(torch.nn, name)(D, H, **settings)
    xs = random(T, D, dtype=case.dtype, seed=1)
    count = case.depth * (1 + case.both)
    hidden = P if case.kind == "LSTMP" else H
    states = [random(count, hidden, dtype=case.dtype, seed=2)]
    if name == "LSTM":
        states.append(random(count, H, dtype=case.dtype, seed=3))
    given = tuple(torch.from_numpy(state)[:, None] for state in states)
    batch = torch.from_numpy(xs)[None if case.batch_first else slice(None), ...]
    batch = batch if case.batch_first else batch[:, None]
    with torch.no_grad():
        output, last = module(batch, given if name == "LSTM" else given[0])
    ended = last if name == "LSTM" else (last,)
    shown = output[0] if case.batch_first else output[:, 0]
    return Ran(module, xs, tuple(states), shown.numpy(), tuple(e[:, 0].numpy() for e in ended))


def compare(case: Case, ran: Ran, model: rnnstep.Model) -> None:
    """Every timestep of the output, and what each layer and direction ends with."""
    pieces = [s[k] for k in range(len(ran.states[0])) for s in ran.states]
    trace = rnnstep.Trace(model, ran.xs, dict(zip(model.state_names, pieces, strict=True)))
    output = model.qualified(len(model.layers) - 1, model.layers[-1].cell.output)
    near(case, trace.series(output), ran.output)
    carrying = [i for i, layer in enumerate(model.layers) if layer.cell.recurrent]
    assert len(carrying) == len(ran.last[0])
    for place, index in enumerate(carrying):
        end = 0 if model.layers[index].reverse else T - 1
        for name, last in zip(("h_t", "c_t"), ran.last, strict=False):
            near(case, trace.frame(end)[model.qualified(index, name)], last[place])


def near(case: Case, found: Array, expected: Array) -> None:
    """16 units in the last place of the largest value for each layer, see test_matrix.py."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    unit = np.spacing(np.abs(expected).max())
    assert np.abs(found - expected).max() <= 16 * case.depth * unit


def close(found: Any, expected: Any) -> None:
    """For values of size 1: a few roundings of float32 at each of some ten timesteps."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=2e-6)

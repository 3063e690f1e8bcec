"""The parity matrix: models that a runtime made, saved and ran, and what rnnstep makes of them.

A case is built by its runtime alone: it saves the file, runs the input, and says what came out.
D ≠ H, T > 1, non-zero biases and initial states wherever the format lets one give them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import rnnstep

os.environ.setdefault("KERAS_BACKEND", "torch")

Array = npt.NDArray[Any]

T, D, H = 11, 3, 5


@dataclass(frozen=True)
class Saved:
    """What a runtime left behind.

    Attributes:
        path: the model file.
        xs: the input, (T, D).
        states: initial states, layer by layer, of each h before c.
        expected: the last layer's output at every timestep, (T, …), in real time.
        options: what the file does not say, as :func:`rnnstep.load_model` takes it.
    """

    path: Path
    xs: Array
    states: list[Array]
    expected: Array
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One cell of the matrix."""

    runtime: str
    format: str
    layer: str
    activation: str
    direction: str
    depth: int
    dtype: str
    build: Callable[[Case, Path], Saved]

    @property
    def id(self) -> str:
        """For a test's name."""
        parts = (self.format, self.layer, self.activation, self.direction, self.depth, self.dtype)
        return "-".join(str(part) for part in parts)


@dataclass(frozen=True)
class Difference:
    """How far rnnstep is from the runtime.

    Attributes:
        absolute: the largest difference.
        ulps: that in units in the last place of the largest expected value.
    """

    absolute: float
    ulps: float


def difference(case: Case, folder: Path) -> Difference:
    """Build a case, open its file with rnnstep, and compare every timestep."""
    saved = case.build(case, folder)
    model = rnnstep.load_model(saved.path, **saved.options)
    state = dict(zip(model.state_names, saved.states, strict=True))
    output = model.qualified(len(model.layers) - 1, model.layers[-1].cell.output)
    values = rnnstep.Trace(model, saved.xs, state).series(output)
    if values.shape != saved.expected.shape or values.dtype != saved.expected.dtype:
        told = f"{values.shape} {values.dtype}, not {saved.expected.shape} {saved.expected.dtype}"
        raise AssertionError(f"{case.id}: {output} is {told}")
    absolute = float(np.abs(values - saved.expected).max())
    unit = np.spacing(np.abs(saved.expected).max())
    return Difference(absolute, absolute / float(unit))


def tolerance(case: Case) -> float:
    """Allowed units in the last place, see tests/parity/test_matrix.py."""
    return 16.0 * case.depth


def random(*shape: int, dtype: str, seed: int) -> Array:
    """Numbers of about the size of trained weights, none of them zero."""
    return (np.random.default_rng(seed).normal(size=shape) * 0.6).astype(dtype)


def cases() -> Iterator[Case]:
    """Every case, runtime by runtime."""
    from tests.parity import cases_keras, cases_onnx, cases_torch

    for runtime in (cases_torch, cases_keras, cases_onnx):
        yield from runtime.cases()

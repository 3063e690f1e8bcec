"""No false alarm: what Keras, PyTorch and ONNX Runtime compute is as expected, and so passes.

The default tolerance for float32 is a hundred times what rounding of one step comes to.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rnnstep
from rnnstep.check import Comparison, read_reference, tolerance_for
from tests.parity.matrix import Case, cases

for _runtime in ("torch", "keras", "onnx", "onnxruntime", "h5py"):
    pytest.importorskip(_runtime)

pytestmark = pytest.mark.filterwarnings("ignore")

FLOAT32 = [case for case in cases() if case.dtype == "float32"]


@pytest.mark.parametrize("case", FLOAT32, ids=lambda case: case.id)
def test_a_runtime_s_own_output_passes(case: Case, tmp_path: Path) -> None:
    saved = case.build(case, tmp_path)
    model = rnnstep.load_model(saved.path, **saved.options)
    state = dict(zip(model.state_names, saved.states, strict=True))
    np.save(tmp_path / "theirs.npy", saved.expected)
    trace = rnnstep.Trace(model, saved.xs, state)
    reference = read_reference(tmp_path / "theirs.npy", trace.model, len(trace))
    comparison = Comparison(trace, reference, tolerance_for(np.dtype(np.float32)))
    assert len(comparison.values[0].expected.times) == len(trace)
    assert comparison.passed

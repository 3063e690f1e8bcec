"""Every case of the parity matrix, beside the runtime that made it.

The tolerance is in units in the last place of the largest expected value: 16 for each layer of
a stack. A step adds some ten products in another order than the runtime does, and its exp and
tanh differ from numpy's by an ulp or two; the recurrence carries that over 11 timesteps.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.matrix import Case, cases, difference, tolerance

for _runtime in ("torch", "keras", "onnx", "onnxruntime", "h5py"):
    pytest.importorskip(_runtime)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_every_timestep_is_the_runtime_s(case: Case, tmp_path: Path) -> None:
    assert difference(case, tmp_path).ulps <= tolerance(case)

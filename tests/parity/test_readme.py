"""README's lines for Keras, PyTorch and ONNX work when they are pasted."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from rnnstep import open_session

os.environ.setdefault("KERAS_BACKEND", "torch")
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```python (keras|torch|onnx)\n(.*?)```", README, re.DOTALL))

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("name", BLOCKS)
def test_the_lines_make_a_model_that_opens(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("torch", *(["keras", "h5py"] if name == "keras" else [name])):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[name], "README.md", "exec"), {})
    session = open_session("seq.npy")
    session.last()
    assert session.frame().step.output.size in (8, 16)
    assert session.trace.model.path is not None
    assert session.trace.model.path.name.startswith("seq.weights.")
    assert np.isfinite(session.frame().step.output).all()

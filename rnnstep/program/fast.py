"""Whether the compiled machine is there, loaded when a run is long enough to pay for it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np


DTYPES = (np.float32, np.float64)
"""What it is compiled for."""


def installed() -> bool:
    """Whether the extra ``fast`` is installed; loads nothing."""
    return find_spec("numba") is not None


@cache
def machine(dtype: np.dtype[Any]) -> Any:
    """The machine's module, compiled for a dtype; ``None`` if it cannot be had."""
    if dtype not in DTYPES or not installed():
        return None
    try:
        from rnnstep.program import machine as module

        nothing, table = np.zeros((1, 0), dtype), np.zeros((0, 6), np.int64)
        module.run(table, nothing[0], nothing[0], nothing, nothing)
        module.segment(table, nothing[0], nothing[0])
    except Exception:
        # whatever keeps it from being compiled here, NumPy runs the same equations
        return None
    return module

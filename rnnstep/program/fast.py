"""When the compiled machine runs: where it is installed, and a run is long enough to pay for it.

Its results differ from NumPy's in the last bits, so which of the two runs a timestep must not
depend on how it was reached. It depends on the run's length and the timestep's place alone.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

import numpy as np

DTYPES = (np.float32, np.float64)
"""What it is compiled for."""

AFTER = 2048
"""Timesteps that NumPy always runs: what the first screen shows needs no machine to be loaded."""

PAYS = 1.5
"""Seconds for which NumPy would run at the least, beside half a second to load the machine."""

_loading = Lock()


def installed() -> bool:
    """Whether what it takes to compile the machine is there."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


def first_compiled(length: int, seconds: float) -> int | None:
    """The place in a run from which on the machine runs it; ``None`` if nowhere.

    Args:
        length: of the run.
        seconds: that NumPy takes for a timestep, about.
    """
    pays = (length - AFTER) * seconds > PAYS
    return AFTER if pays and installed() else None


def load_machine(dtype: np.dtype[Any]) -> Any:
    """The machine's module, compiled for a dtype; ``None`` if it cannot be had."""
    with _loading:
        return _loaded(dtype)


@cache
def _loaded(dtype: np.dtype[Any]) -> Any:
    if dtype not in DTYPES:
        return None
    try:
        from numba import config

        from rnnstep.program import machine as module
        from rnnstep.program.compiled import counter, table_of

        if vars(config)["DISABLE_JIT"]:
            return None
        # empty, but of the types that are passed later
        nothing, table = np.zeros((1, 0), dtype), table_of([])
        module.run(table, nothing[0], nothing[0], nothing, nothing, counter(), 1)
        module.all_products(nothing, nothing[:0], nothing[:0], 0)
    except Exception:
        # whatever keeps it from being compiled here, NumPy runs the same equations
        return None
    return module

"""When the compiled machine runs: where it is installed, and a run is long enough to pay for it.

Its results differ from NumPy's in the last bits, so which of the two runs a timestep must not
depend on how it was reached. It depends on the run's length and the timestep's place alone, and
of many sequences on how many there are; or all is run as the environment says.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

import numpy as np

from rnnstep.errors import RnnstepError
from rnnstep.program.interrupts import heeded
from rnnstep.program.products import Products, read_only

VARIABLE = "RNNSTEP_COMPILED"
"""The environment's name for which runs are compiled."""

WHEN = ALWAYS, LONG, NEVER = "always", "long", "never"
"""What it may say."""

DTYPES = (np.float32, np.float64)
"""What it is compiled for."""

AFTER = 2048
"""Timesteps that NumPy always runs: what the first screen shows needs no machine to be loaded."""

PAYS = 1.5
"""Seconds for which NumPy would run at the least, beside half a second to load the machine."""

_LARGEST_KEPT = 32 * 2**20 - 2**16
"""Bytes of the largest array whose memory glibc can be made to keep when it is freed: it takes
32 MiB at the most, its own header among them."""

_loading = Lock()


@cache
def installed() -> bool:
    """Whether what it takes to compile the machine is there."""
    return find_spec("numba") is not None


def when() -> str:
    """Which runs are to be compiled, one of :data:`WHEN`: long ones if the environment is silent.

    Raises:
        RnnstepError: it says what cannot be.
    """
    said = os.environ.get(VARIABLE) or LONG
    if said not in WHEN:
        raise RnnstepError(f"{VARIABLE} is '{said}': set it to one of {', '.join(WHEN)}")
    if said == ALWAYS and not installed():
        raise RnnstepError(f"{VARIABLE} is '{said}': pip install 'rnnstep[fast]' for that")
    return said


def first_compiled(length: int, seconds: float, watched: bool = True) -> int | None:
    """The place in a run from which on the machine runs it; ``None`` if nowhere.

    Args:
        length: of the run.
        seconds: that NumPy takes for a timestep, about; 0 where the machine saves nothing.
        watched: whether a screen may show it, for which NumPy runs the first :data:`AFTER`.

    Raises:
        RnnstepError: as for :func:`when`.
    """
    said = when()
    if said != LONG:
        return 0 if said == ALWAYS and seconds else None
    after = AFTER if watched else 0
    pays = (length - after) * seconds > PAYS
    return after if pays and installed() else None


def load_machine(dtype: np.dtype[Any]) -> Any:
    """The machine's module, compiled for a dtype; ``None`` if it cannot be had."""
    with _loading:
        return _loaded(dtype)


@cache
@heeded()
def _loaded(dtype: np.dtype[Any]) -> Any:
    if dtype not in DTYPES:
        return None
    try:
        from numba import config

        from rnnstep.program import machine as module
        from rnnstep.program.opcodes import table_of

        if vars(config)["DISABLE_JIT"]:
            return None
        # empty, but of the types that are passed later
        nothing, table = np.zeros((1, 0), dtype), table_of([])
        flat, waiting = nothing[0], np.zeros(1, np.int64)
        module.run(table, flat, flat, read_only(nothing), nothing, nothing, nothing, waiting, 1)
        Products(nothing).write(module, nothing[:0], nothing[:0], 0)
        _keep_freed_memory()
    except Exception:
        # whatever keeps it from being compiled here, NumPy runs the same equations
        return None
    return module


def _keep_freed_memory() -> None:
    """Have the C library keep what arrays leave behind for the next ones.

    glibc gives a large array's memory back to the system, and the next array waits for each of its
    pages, as long as a compiled timestep takes. Once an array as large was freed it keeps such
    memory; this one is never written to, and so has no pages.
    """
    np.empty(_LARGEST_KEPT, np.uint8)


def load_batch_machine(dtype: np.dtype[Any]) -> Any:
    """The module for many sequences, compiled for a dtype; ``None`` if it cannot be had."""
    if load_machine(dtype) is None:
        return None
    with _loading:
        return _batch_loaded(dtype)


@cache
@heeded()
def _batch_loaded(dtype: np.dtype[Any]) -> Any:
    try:
        from rnnstep.program import batch_machine as module
        from rnnstep.program.grouped import Sum
        from rnnstep.program.opcodes import table_of

        nothing, values, table = np.zeros((1, 0, 0), dtype), np.zeros((1, 0), dtype), table_of([])
        sums = np.zeros((0, len(Sum._fields)), np.uint64)
        rest = (nothing, nothing, nothing, np.uint64(0), np.uint64(0))
        module.run(table, table, sums, values[0], values, *rest)
    except Exception:
        return None
    return module

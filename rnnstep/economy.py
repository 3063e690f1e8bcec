"""How much of a run is kept in memory."""

from __future__ import annotations

from rnnstep.errors import InputError

MEBIBYTE = 2**20

MEMORY = 256
"""MiB of states that a run keeps at the most."""

MEMORY_BUDGET = MEMORY * MEBIBYTE
"""The same in bytes."""


def budget_of(memory: int) -> int:
    """Bytes of states to keep.

    Args:
        memory: the same in MiB.

    Raises:
        InputError: there is no such memory.
    """
    if memory < 1:
        raise InputError(f"--memory {memory}: give the MiB of states to keep, 1 at the least")
    return memory * MEBIBYTE

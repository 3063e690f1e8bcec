"""Large arrays begin where a huge page of memory may begin, and are arrays as any other."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rnnstep.room import ADVISED, HUGE, room

_HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@pytest.mark.parametrize("size", [0, 1, ADVISED // 4, ADVISED // 4 + 3, 3 * HUGE])
def test_an_array_is_as_it_was_asked_for(size: int) -> None:
    array = room((size, 3), np.dtype(np.float32))
    array[...] = 1
    assert array.shape == (size, 3)
    assert array.dtype == np.float32
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.sum(dtype=float) == 3 * size
    if array.nbytes >= ADVISED:
        assert array.ctypes.data % HUGE == 0


def _in_use() -> bool:
    return sys.platform == "linux" and _HUGE_PAGES.exists() and "[never]" not in _advice()


def _advice() -> str:
    return _HUGE_PAGES.read_text("ascii")


@pytest.mark.skipif(not _in_use(), reason="this system gives no huge pages")
def test_its_memory_comes_in_few_pages() -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    # more than the C library keeps, so it is new
    array = room((64 * HUGE,), np.dtype(np.uint8))
    array[::4096] = 1
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    assert faults < array.nbytes // 4096 // 8

"""A limit on the memory that a library may take, for one that believes what a file claims."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATM = Path("/proc/self/statm")


@contextmanager
def allowance(more: int) -> Iterator[None]:
    """Let this process take ``more`` bytes at most while the block runs.

    An allocation beyond fails at once, as if the machine had no more, and nothing is touched.
    It is a limit on address space, the only one that is kept: where the system has none
    (Windows), does not keep it (macOS) or does not say what is taken, the block runs without.

    Args:
        more: bytes beside what the process has now; threads need some of them too.
    """
    if sys.platform != "linux" or not _STATM.is_file():
        yield
        return
    import resource

    kind = resource.RLIMIT_AS
    soft, hard = resource.getrlimit(kind)
    wanted = int(_STATM.read_text("ascii").split()[0]) * resource.getpagesize() + more
    if resource.RLIM_INFINITY != soft <= wanted:
        yield
        return
    resource.setrlimit(kind, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))

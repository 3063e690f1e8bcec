"""The most memory that a process had itself."""

from __future__ import annotations

import contextlib
import inspect
from pathlib import Path


def peak() -> int:
    """Bytes; where only that is to be had, the parent's are counted if it had more."""
    import re
    import resource
    import sys
    from pathlib import Path

    if sys.platform == "linux":
        # getrusage's is what the process had before it ran another program, too: the parent's
        status = Path("/proc/self/status").read_text()
        return 1024 * int(re.findall(r"VmHWM:\s*(\d+) kB", status)[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


SOURCE = inspect.getsource(peak)
"""For a program that cannot import it."""


def begin() -> int:
    """What it has now, from which on its peak is counted, where the system can do that."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak()

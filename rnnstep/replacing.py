"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnstep.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` that takes its place, unless something goes wrong.

    Raises:
        InputError: the path is none of a file.
        OSError: it cannot be written.
    """
    if "\0" in str(path):
        raise InputError(f"{path}: cannot be written: no file has a NUL in its name")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    # of a symbolic link, what it leads to is replaced
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is a pipe or a device; name a file")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".rnnstep.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Libraries that only some formats need: imported when such a file is opened."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from rnnstep.errors import InputError


def need(library: str, extra: str, path: Path) -> Any:
    """Import a format's library.

    Args:
        library: the module's name.
        extra: the extra of rnnstep that brings it.
        path: the file that needs it, for the error.

    Raises:
        InputError: it is not installed; the line says how to.
    """
    try:
        return import_module(library)
    except ImportError:
        told = f"needs {library}: pip install 'rnnstep[{extra}]'"
        raise InputError(f"{path}: {told}") from None

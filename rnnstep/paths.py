"""Paths as people type them where no shell reads them first."""

from __future__ import annotations

from pathlib import Path


def typed_path(text: str) -> Path:
    """A path whose ``~`` is the home folder, as in a shell; as it is where there is none."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        return path

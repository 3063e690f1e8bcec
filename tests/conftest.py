"""The same examples in every run, no time limit for a single one, and none of the user's folders.

The machine may be busy; and what a user has configured or saved is neither read nor written.
"""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

settings.register_profile("rnnstep", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("rnnstep")

_FOLDER = pytest.StashKey[str]()


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: the tests of a terminal mostly wait until it is quiet."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    folder = config.stash[_FOLDER] = tempfile.mkdtemp(prefix="rnnstep-tests-")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA"):
        os.environ[name] = folder
    for name in ("RNNSTEP_CONFIG", "RNNSTEP_COMPILED"):
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)

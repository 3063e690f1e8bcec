"""What the screen leaves out of the libraries it loads, to be there sooner."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, cast

_HELP = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
"""The modules that give what numpy has written in C its docstrings."""

_NONE = cast(ModuleType, None)
"""In the place of a module: importing it fails, as if it were not installed."""


class _Annotations(ModuleType):
    """``numpy._typing``, until more is asked of it than what numpy.linalg annotates with."""

    NDArray = list

    def __getattr__(self, name: str) -> Any:
        package, _, own = self.__name__.partition(".")
        if name == "__path__":
            # asked for by every import from here, so no reason to load
            return [f"{path}/{own}" for path in sys.modules[package].__path__]
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def lean() -> Iterator[None]:
    """Load without help on numpy, its types and encryption, and without looking for garbage.

    The screen has its own help, checks no types and opens no connections; and what is loaded is
    there to stay. Who asks for numpy's types or for encryption has them all the same.
    """
    gc.disable()
    for name in _HELP:
        sys.modules.setdefault(name, ModuleType(name))
    annotations = _Annotations("numpy._typing")
    sys.modules.setdefault(annotations.__name__, annotations)
    _load_asyncio()
    try:
        yield
    finally:
        gc.enable()


def look_for_garbage() -> None:
    """From now on, but not in what was loaded."""
    gc.freeze()
    gc.enable()


def _load_asyncio() -> None:
    """The event loop without ``ssl``, which it takes as missing; who imports it later has it."""
    found = sys.modules.setdefault("ssl", _NONE)
    try:
        import_module("asyncio")
    finally:
        if found is _NONE:
            del sys.modules["ssl"]

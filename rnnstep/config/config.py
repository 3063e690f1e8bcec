"""What a reader has configured."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from rnnstep.commands.keymap import DEFAULT, Keys


class Config(NamedTuple):
    """How the screen looks, which keys do what, what is done at the start.

    Attributes:
        view: by the names of :data:`rnnstep.tui.settings.SETTINGS`, what each is.
        keys: what does what.
        startup: commands that are done at the start.
    """

    view: Mapping[str, Any] = MappingProxyType({})
    keys: Keys = DEFAULT
    startup: tuple[str, ...] = ()

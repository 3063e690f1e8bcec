"""What a reader has configured."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rnnstep.commands.keymap import DEFAULT, Keys
from rnnstep.record import Record


class Config(Record):
    """How the screen looks, which keys do what, what is done at the start.

    Attributes:
        view: by the names of :data:`rnnstep.tui.settings.SETTINGS`, what each is.
        keys: what does what.
        startup: commands that are done at the start.
    """

    view: Mapping[str, Any] = MappingProxyType({})
    keys: Keys = DEFAULT
    startup: tuple[str, ...] = ()

"""The configuration's file: where it is, and what is wrong with it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from rnnstep.config.config import Config
from rnnstep.errors import InputError

if TYPE_CHECKING:
    from tomllib import TOMLDecodeError

VARIABLE = "RNNSTEP_CONFIG"
"""The environment's name for a file in place of the user's; empty is none."""


def config_path() -> Path | None:
    """The file that is read; ``None`` if there is to be none."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_config_path

    folder = user_config_path("rnnstep")
    # without a home the folder would be one below that of the call
    return folder / "config.toml" if folder.is_absolute() else None


def find_config() -> Config:
    """The user's configuration, or the default without one; one that was named has to be there.

    Raises:
        InputError: in one line, what is wrong with which line and key of the file.
    """
    path = config_path()
    if path is None:
        return Config()
    try:
        there = path.exists() or VARIABLE in os.environ
    except OSError:
        there = True
    return read_config(path) if there else Config()


def read_config(path: Path) -> Config:
    """The configuration that a file holds.

    Raises:
        InputError: in one line, what is wrong with which line and key.
    """
    import tomllib

    from rnnstep.config.settings import SettingError, settled

    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{path}: is no UTF-8 text") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax(path, text, error)) from None
    except RecursionError:
        raise InputError(f"{path}: brackets in brackets in brackets") from None
    try:
        return settled(document)
    except SettingError as wrong:
        from rnnstep.config.lines import line_of

        key = ".".join(step for step in wrong.path if isinstance(step, str))
        line = line_of(text, wrong.path)
        raise InputError(f"{path}:{line}: {key}: {wrong.reason}") from None


def _syntax(path: Path, text: str, error: TOMLDecodeError) -> str:
    """The parser's message, its place in front."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
    if found is None:
        message = str(error).removesuffix(" (at end of document)")
        return f"{path}:{len(text.splitlines())}: {message}"
    return f"{path}:{found[2]}: {found[1]}, at column {found[3]}"

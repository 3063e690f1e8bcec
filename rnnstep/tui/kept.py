"""What of the screen is in a session file: the view, where it was chosen, and what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.saved.part import Bound, Part, bound
from rnnstep.saved.parts import parts_of
from rnnstep.tui.settings import SETTINGS, chosen

if TYPE_CHECKING:
    from rnnstep.tui.keeper import Keeper

LINES = 500
"""How many lines of the command line are kept, the newest."""


def _write_view(keeper: Keeper) -> Any:
    base = chosen(*keeper.base)
    now = chosen(keeper.app.choices, keeper.app.theme)
    return {name: value for name, value in now.items() if value != base[name]}


def _read_view(keeper: Keeper, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        raise InputError("not an object")
    for name, said in value.items():
        try:
            if name not in SETTINGS:
                raise InputError("there is no such setting")
            keeper.choose({name: SETTINGS[name].read(said)})
        except InputError as error:
            yield f"view: {name[:40]} is left out: {error}"


def _write_history(keeper: Keeper) -> Any:
    return keeper.history[-LINES:]


def _read_history(keeper: Keeper, value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        raise InputError("not a list")
    lines = [printable(line) for line in value if isinstance(line, str)]
    keeper.history[:] = lines[-LINES:]
    if len(lines) < len(value):
        yield "history: what is no text is left out"


OWN_PARTS: Mapping[str, Part[Keeper]] = {
    "view": Part(_write_view, _read_view),
    "history": Part(_write_history, _read_history),
}
"""The parts of a session file that are of the screen."""


def all_parts(keeper: Keeper) -> dict[str, Bound]:
    """The parts of the session, and then those of the screen."""
    return parts_of(keeper.app.session) | bound(OWN_PARTS, keeper)

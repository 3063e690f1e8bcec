"""What an earlier session forked, and cannot be forked now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A fork of an earlier session that cannot be made now: its file is gone, or its value.

    Attributes:
        edit: the text of its edit.
        parent: the number of the fork that it is below, or another one that is left out.
    """

    edit: str
    parent: int | LeftOut

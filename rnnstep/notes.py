"""What was inferred about the files, said on every screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One inference or warning.

    Attributes:
        text: what was taken to be so, and why.
        flag: the option that overrides it, if one does.
        warning: whether it may surprise the user.
    """

    text: str
    flag: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """One line, with the flag that overrides it."""
        return f"{self.text} ({self.flag})" if self.flag else self.text

"""What was inferred about the files, said on every screen; and what of a text may be shown."""

from __future__ import annotations

import re

from rnnstep.record import Record

_DRIVES_THE_TERMINAL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""Control characters, line ends, what turns the direction of writing, and halves of a pair."""


def printable(text: str) -> str:
    """A text from a file with a sign, one column wide, for each character that is no text."""
    return text if text.isprintable() else re.sub(_DRIVES_THE_TERMINAL, _sign, text)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"


class Note(Record):
    """One inference or warning.

    Attributes:
        text: what was taken to be so, and why.
        flag: the option that overrides it, if one does.
        warning: whether it may surprise the user.
        aside: whether it is about how something is done, not what was taken to be so.
    """

    text: str
    flag: str = ""
    warning: bool = False
    aside: bool = False

    def __post_init__(self) -> None:
        # names of files, layers and tensors are part of it
        object.__setattr__(self, "text", printable(self.text))

    @property
    def rank(self) -> int:
        """What is needed most comes first: warnings, what was inferred, asides."""
        return 0 if self.warning else 2 if self.aside else 1

    def __str__(self) -> str:
        """One line, with the flag that overrides it."""
        return f"{self.text} ({self.flag})" if self.flag else self.text

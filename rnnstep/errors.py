"""The errors a user can cause: one line that says what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class RnnstepError(Exception):
    """Bad input. ``str(error)`` is one line; the command ends with exit code 2."""


class InputError(RnnstepError):
    """A file, an array or an option that cannot be used as it is."""


class UnknownNameError(RnnstepError, KeyError):
    """A value, layer or cell that does not exist; also a :class:`KeyError` for mappings."""

    def __str__(self) -> str:
        """Without the quotes that KeyError puts around its message."""
        return str(self.args[0])


class ExpressionError(RnnstepError):
    """A mistake in an expression or in a cell's listing, with its place.

    Attributes:
        text: the line in which the mistake is.
        column: its place in that line, from 1.
        place: ``file:line`` where the text comes from a file, else empty.
    """

    def __init__(self, message: str, text: str, column: int, place: str = "") -> None:
        self.message = message
        self.text = text
        self.column = column
        self.place = place
        super().__init__(message)

    def __str__(self) -> str:
        """The mistake in one line."""
        where = f"{self.place}:{self.column}" if self.place else f"column {self.column}"
        return f"{where}: {self.message}"

    @property
    def excerpt(self) -> str:
        """Two lines: the text, and a caret under the mistake."""
        return f"  {self.text}\n  {' ' * (self.column - 1)}^"

    def excerpt_within(self, width: int) -> str:
        """The same, of a long line only the part of it around the mistake."""
        start = max(min(self.column - 1 - width // 2, len(self.text) - width), 0)
        part = self.text[start : start + width]
        shown = f"{'…' if start else ''}{part[bool(start) :]}"
        return f"{shown}\n{' ' * (self.column - 1 - start)}^"

    def at(self, place: str, text: str, offset: int = 0) -> ExpressionError:
        """The same mistake, seen as part of the line ``text`` of a file."""
        return ExpressionError(self.message, text, self.column + offset, place)


_MANY = 40
"""Names that are listed at the most: one line has to say what is wrong."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'Wx_x'?`` or else ``; known: …`` (or nothing if none is known).

    Of many names either the bare ones are told or, of ``lstm/h_t``, the layers: ``lstm/…``.
    """
    from difflib import get_close_matches

    names = sorted(set(known))
    close = get_close_matches(name, names, n=1, cutoff=0.7)
    if close:
        return f"; did you mean '{close[0]}'?"
    if len(names) > _MANY:
        bare = [n for n in names if "/" not in n]
        layers = sorted({f"{n.rpartition('/')[0]}/…" for n in names if "/" in n})
        names = layers if layers and ("/" in name or not bare) else bare
    more = ["…"] * (len(names) > _MANY)
    return f"; known: {', '.join(names[:_MANY] + more)}" if names else ""

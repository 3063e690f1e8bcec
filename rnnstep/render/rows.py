"""Rows of styled text: the common currency of everything that is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import eq

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from rnnstep.record import Record

Row = list[Segment]
"""One line of the screen."""


class Look(Record):
    """The styles of everything that is not a heatmap; a screen takes them from its theme."""

    plain: Style = Style()
    muted: Style = Style(dim=True)
    accent: Style = Style(bold=True)
    cursor: Style = Style(reverse=True)
    warning: Style = Style(bold=True)


class Drawing(Record):
    """Rows that rich can print, and what each of them stands for.

    Attributes:
        rows: the lines, top to bottom.
        caption: what a reader must know about them: the scale, what is left out.
        targets: for each row what a click on it means, if anything: a unit, a line.
        focus: the row that has to stay visible.
        total: how many things there would be to show with all the room.
    """

    rows: Sequence[Row]
    caption: str = ""
    targets: Sequence[object] = ()
    focus: int = 0
    total: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Every row, cut to the width there is."""
        for row in self.rows:
            yield from fit(row, options.max_width, pad=False)
            yield Segment.line()

    @property
    def plain(self) -> str:
        """The text without its styles."""
        return "\n".join(plain(row).rstrip() for row in self.rows)


def plain(row: Iterable[Segment]) -> str:
    """The text of a row."""
    return "".join(segment.text for segment in row)


def width(row: Iterable[Segment]) -> int:
    """The columns that a row takes."""
    # once for the whole text: a row of a heatmap has a hundred segments
    return cell_len("".join([text for text, _, _ in row]))


def fit(row: Row, columns: int, pad: bool = True) -> Row:
    """The row cut to ``columns``, and filled up to them with spaces."""
    missing = columns - width(row)
    if missing < 0:
        return Segment.adjust_line_length(row, columns)
    return [*row, Segment(" " * missing)] if missing and pad else row


def changed(before: Row, now: Row) -> range:
    """The columns in which a row differs from another one of its width."""
    same = list(map(eq, before, now))
    first = same.index(False) if False in same else len(same)
    after = list(map(eq, reversed(before[first:]), reversed(now[first:])))
    last = after.index(False) if False in after else len(after)
    start = width(now[:first])
    return range(start, start + width(now[first : len(now) - last]))


def clip(text: str, columns: int) -> str:
    """The text, its end replaced by … where it is too long."""
    if cell_len(text) <= columns:
        return text
    while text and cell_len(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"[: max(columns, 0)]


def wrapped(text: str, columns: int, most: int) -> list[str]:
    """The text in lines of so many columns, broken between words; of more lines the first.

    Returns:
        one line at least and ``most`` at the most, the last with … where there is more.
    """
    lines = [piece for line in text.split("\n") for piece in _pieces(line, max(columns, 1))]
    if len(lines) > most:
        lines[most - 1 :] = [clip(" ".join(lines[most - 1 :]), columns)]
    return lines


def _pieces(line: str, columns: int) -> Iterator[str]:
    """One line, broken where a word would not fit; a word that never would, within it."""
    while cell_len(line) > columns:
        end = next(n for n in range(len(line), 0, -1) if cell_len(line[:n]) <= columns or n == 1)
        blank = line.rfind(" ", 0, end + 1)
        end = blank if line[: max(blank, 0)].strip() else end
        yield line[:end].rstrip()
        line = line[end:].lstrip()
    yield line


def window(count: int, size: int, focus: int) -> range:
    """Which ``size`` of ``count`` things to show so that ``focus`` stands in the middle."""
    if count <= size:
        return range(count)
    start = min(max(focus - size // 2, 0), count - size)
    return range(start, start + max(size, 0))

"""The command line at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from rnnstep.commands.completing import Completion

Complete = Callable[[str], Completion]


class Suggested(Suggester):
    """The likeliest word, in grey, once a letter of it is there."""

    def __init__(self, complete: Complete) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last word completed."""
        found = self._complete(value)
        if not found.begun or not found.words or found.begun in found.words:
            return None
        return value[: found.start] + found.words[0]


class Line(Input):
    """One line, with completion and what was entered before."""

    def __init__(self, complete: Complete, history: list[str]) -> None:
        super().__init__(
            placeholder="a command, or a timestep",
            suggester=Suggested(complete),
            compact=True,
            select_on_focus=False,
        )
        self._complete, self._history = complete, history
        self._offered: tuple[str, Completion, str] | None = None
        self._at, self._draft = len(history), ""

    def begin(self, text: str, column: int) -> None:
        """Show a text, the cursor before one of its letters."""
        self.value, self.cursor_position = text, column
        self._at, self._offered = len(self._history), None

    # not as bindings: those are done after keys that were pressed later, where they come fast

    def key_tab(self, event: events.Key) -> None:
        """Complete the word."""
        self._take(event)
        self._complete_word(1)

    def key_shift_tab(self, event: events.Key) -> None:
        """The word before."""
        self._take(event)
        self._complete_word(-1)

    def key_up(self, event: events.Key) -> None:
        """What was entered before."""
        self._take(event)
        self._recall(-1)

    def key_down(self, event: events.Key) -> None:
        """What was entered after that."""
        self._take(event)
        self._recall(1)

    def _take(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def _complete_word(self, step: int) -> None:
        """As far as it is clear; then the words that it may be, one after the other."""
        before, rest = self.value[: self.cursor_position], self.value[self.cursor_position :]
        if self._offered is not None and self._offered[0] == before:
            _, found, word = self._offered
            at = found.words.index(word) if word in found.words else -1 if step > 0 else 0
            word = found.words[(at + step) % len(found.words)]
        else:
            found = self._complete(before)
            if not found.words:
                return
            word = found.common
            if word == found.begun and len(found.words) > 1:
                self.post_message(Prompt.Offered(found.words))
        done = before[: found.start] + word
        if len(found.words) == 1 and not word.endswith("/") and not rest:
            done += " "
        self.value, self.cursor_position = done + rest, len(done)
        self._offered = (done, found, word) if len(found.words) > 1 else None

    def _recall(self, step: int) -> None:
        """What was entered before, or after that; what was being typed comes last."""
        if self._at == len(self._history):
            self._draft = self.value
        self._at = min(max(self._at + step, 0), len(self._history))
        self.value = [*self._history, self._draft][self._at]
        self.cursor_position = len(self.value)


class Prompt(Horizontal):
    """Hidden until it is opened; Enter gives the line, Escape takes it away.

    Args:
        complete: what the last word of a line may become.

    Attributes:
        history: what was entered, the newest last.
    """

    class Given(Message):
        """A line was entered."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Offered(Message):
        """There are several words to choose from."""

        def __init__(self, words: tuple[str, ...]) -> None:
            self.words = words
            super().__init__()

    def __init__(self, complete: Complete) -> None:
        super().__init__()
        self.display = False
        self.history: list[str] = []
        self.line = Line(complete, self.history)
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        """A colon and the line."""
        yield Static(":")
        yield self.line

    def open(self, text: str = "", column: int | None = None) -> None:
        """Show the line, with ``text`` already in it, and the cursor at its end or before it."""
        if not self.display:
            self._before = self.screen.focused
        self.display = True
        self.screen.set_focus(self.line)
        self.line.begin(text, len(text) if column is None else column)

    def close(self) -> None:
        """Hide the line, and give the focus back to what had it."""
        self.display = False
        self.screen.set_focus(self._before)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line."""
        event.stop()
        self.close()
        text = event.value.strip()
        if text:
            if self.history[-1:] != [text]:
                self.history.append(text)
            self.post_message(self.Given(event.value))

    def on_descendant_blur(self) -> None:
        """Close when something else is looked at; it may have been opened again meanwhile."""
        if self.screen.focused is not self.line:
            self.display = False

    def key_escape(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.close()

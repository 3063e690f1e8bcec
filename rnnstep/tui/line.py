"""The line that a command is typed into: completion, and what was entered before."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

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

    class Offered(Message):
        """There are several words to choose from."""

        def __init__(self, words: tuple[str, ...]) -> None:
            self.words = words
            super().__init__()

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
        self._command = ""

    def begin(self, text: str, column: int, command: str = "") -> None:
        """Show a text, the cursor before one of its letters; with which it begins, if given."""
        self.value, self.cursor_position = text, column
        self._command = command
        self._at, self._offered = len(self._history), None

    def action_delete_left_all(self) -> None:
        """Delete what was typed; a command that a key has begun only where nothing else is left."""
        kept = len(self._command) if self.value.startswith(self._command) else 0
        self.delete(kept if self.cursor_position > kept else 0, self.cursor_position)

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
                self.post_message(self.Offered(found.words))
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

"""The tree of forks: every run that edits have made, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rnnstep.errors import InputError
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.forks.edit import Edit
    from rnnstep.forks.effect import Effect


class Fork(NamedTuple):
    """A run of the tree.

    Attributes:
        number: what it is called; 0 is the run as it was, no number is used twice.
        trace: the run.
        edit: what makes it differ from its parent; ``None`` for the run as it was.
        parent: the run that it was forked from.
    """

    number: int
    trace: Trace
    edit: Edit | None = None
    parent: Fork | None = None

    def __str__(self) -> str:
        """``fork 1, set h_t[3] = 0 at 12``."""
        return f"fork {self.number}, {self.edit or 'the run as it was'}"

    @property
    def line(self) -> tuple[Fork, ...]:
        """From the run as it was, fork by fork, to this one."""
        line = [self]
        while line[-1].parent is not None:
            line.append(line[-1].parent)
        return tuple(reversed(line))

    def effect(self) -> Effect | None:
        """How far it differs from its parent; ``None`` for the run as it was."""
        if self.parent is None:
            return None
        from rnnstep.forks.effect import Effect

        return Effect(self.trace, self.parent.trace)


class Tree(NamedTuple):
    """All forks, immutable: nothing in it is ever overwritten.

    Attributes:
        forks: by their numbers.
        current: the one that is looked at.
    """

    forks: tuple[Fork, ...]
    current: Fork
    last: Mapping[int, int] = MappingProxyType({})
    """For each fork, by number, the one below it that was looked at last."""

    @classmethod
    def of(cls, trace: Trace) -> Tree:
        """A tree of one run."""
        root = Fork(0, trace)
        return cls((root,), root)

    def grown(self, trace: Trace, edit: Edit) -> Tree:
        """With one more, below the current one, which is then looked at."""
        fork = Fork(len(self.forks), trace, edit, self.current)
        return self._replace(forks=(*self.forks, fork)).to(fork.number)

    def to(self, number: int) -> Tree:
        """Looking at another one.

        Raises:
            InputError: none has this number.
        """
        if not 0 <= number < len(self.forks):
            last = f"there are 0 to {len(self.forks) - 1}" if len(self.forks) > 1 else "only 0"
            raise InputError(f"no fork {number}: {last}")
        fork = self.forks[number]
        path = {f.parent.number: f.number for f in fork.line if f.parent is not None}
        return self._replace(current=fork, last=MappingProxyType({**self.last, **path}))

    def undone(self) -> Tree:
        """Looking at the parent of the current one.

        Raises:
            InputError: it has none.
        """
        if self.current.parent is None:
            raise InputError("nothing to undo: this is the run as it was")
        return self.to(self.current.parent.number)

    def redone(self) -> Tree:
        """Looking at the fork below that was looked at last.

        Raises:
            InputError: there is none.
        """
        if self.current.number not in self.last:
            raise InputError("nothing to redo: nothing was forked from here")
        return self.to(self.last[self.current.number])

    def below(self, fork: Fork | None) -> tuple[Fork, ...]:
        """What was forked from one, in order."""
        return tuple(known for known in self.forks if known.parent is fork)

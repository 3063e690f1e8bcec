"""The tree of forks: every run that edits have made, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from rnnstep.errors import InputError
from rnnstep.record import Record
from rnnstep.trace import Trace

if TYPE_CHECKING:
    from rnnstep.forks.edit import Edit
    from rnnstep.forks.effect import Effect

_MOST = 12
"""Numbers that are told where not all are there."""


class Fork(Record):
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


class Tree(Record):
    """All forks, immutable: nothing in it is ever overwritten.

    Attributes:
        forks: in the order of their numbers.
        current: the one that is looked at.
        last: the last number that was given.
    """

    forks: tuple[Fork, ...]
    current: Fork
    last: int = 0
    """The largest number that a fork had."""
    looked_at: Mapping[int, int] = MappingProxyType({})
    """For each fork, by number, the one below it that was looked at last."""
    whole: Tree | None = None
    """What there was before a fork was let go, as long as nothing else was done."""

    @classmethod
    def of(cls, trace: Trace) -> Tree:
        """A tree of one run."""
        root = Fork(0, trace)
        return cls((root,), root)

    def grown(self, trace: Trace, edit: Edit) -> Tree:
        """With one more, below the current one, which is then looked at."""
        fork = Fork(self.last + 1, trace, edit, self.current)
        return self.replaced(forks=(*self.forks, fork), last=fork.number).to(fork.number)

    def to(self, number: int) -> Tree:
        """Looking at another one.

        Raises:
            InputError: none has this number.
        """
        fork = self.of_number(number)
        path = {f.parent.number: f.number for f in fork.line if f.parent is not None}
        looked_at = MappingProxyType({**self.looked_at, **path})
        return self.replaced(current=fork, looked_at=looked_at, whole=None)

    def of_number(self, number: int) -> Fork:
        """The fork of a number.

        Raises:
            InputError: none has it.
        """
        known = [fork.number for fork in self.forks]
        if number in known:
            return self.forks[known.index(number)]
        all_there = known == [*range(len(known))]
        told = f"0 to {known[-1]}" if all_there else ", ".join(map(str, known[:_MOST]))
        raise InputError(f"no fork {number}: {f'there are {told}' if len(known) > 1 else 'only 0'}")

    def without(self, number: int) -> Tree:
        """Without a fork and all that were forked from it; its parent is looked at if it was.

        Raises:
            InputError: none has this number, or it is the run as it was.
        """
        gone = self.of_number(number)
        if gone.parent is None:
            raise InputError("fork 0 is the run as it was: it stays")
        left = tuple(fork for fork in self.forks if gone not in fork.line)
        there = {fork.number for fork in left}
        pairs = self.looked_at.items()
        looked_at = {above: below for above, below in pairs if {above, below} <= there}
        tree = self.replaced(forks=left, looked_at=MappingProxyType(looked_at))
        current = gone.parent if gone in self.current.line else self.current
        return tree.to(current.number).replaced(whole=self)

    def undone(self) -> Tree:
        """Looking at the parent of the current one; or with what was let go just before.

        Raises:
            InputError: it has no parent.
        """
        if self.whole is not None:
            return self.whole
        if self.current.parent is None:
            raise InputError("nothing to undo: this is the run as it was")
        return self.to(self.current.parent.number)

    def redone(self) -> Tree:
        """Looking at the fork below that was looked at last.

        Raises:
            InputError: there is none.
        """
        if self.current.number not in self.looked_at:
            raise InputError("nothing to redo: nothing was forked from here")
        return self.to(self.looked_at[self.current.number])

    def below(self, fork: Fork | None) -> tuple[Fork, ...]:
        """What was forked from one, in order."""
        return tuple(known for known in self.forks if known.parent is fork)

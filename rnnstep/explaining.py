"""Why a run is not as expected, searched for and told: on the screen, and by the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnstep.check import Comparison
from rnnstep.diagnosis import Batched, Clue, Finding, Read, Solver, Tried, clues, tells_apart
from rnnstep.errors import InputError
from rnnstep.render.diagnosis import as_data, as_text, closest
from rnnstep.saving import save_model


@dataclass(frozen=True)
class Explained:
    """What was found out: lines for people, the same for programs."""

    lines: Sequence[str] = ()
    data: dict[str, Any] = field(default_factory=dict)


class Explaining:
    """A search for what explains a reference that the run differs from.

    It goes on while it is iterated over, and may be left and taken up again at any time.

    Args:
        comparison: the run and the reference.
        depth: how many things the other side may do otherwise, together.
        read: reads the weight file with its gates in another order, if there is a file.
        batch: what the sequence is one of, if it is one of several.
        deeper: how a user says that more things may be done otherwise.

    Attributes:
        comparison: the run and the reference.
        depth: as given.
        findings: what explains the reference, as far as it was looked for; at the end the one that
            comes closest is the first.
        tried: how far the search is; ``None`` before it has begun.
        done: whether it is at its end.
    """

    def __init__(
        self,
        comparison: Comparison,
        depth: int,
        read: Read | None = None,
        batch: Batched | None = None,
        deeper: str = "--solve",
    ) -> None:
        self.comparison, self.depth = comparison, depth
        self.findings: list[Finding] = []
        self.tried: Tried | None = None
        self.done = False
        self._deeper = deeper
        self._solver = Solver(comparison, read, batch)
        self._apart: dict[Finding, str] = {}
        self._reports = self._search()

    def __iter__(self) -> Iterator[Tried]:
        """How far it is, again and again."""
        return self._reports

    def _search(self) -> Iterator[Tried]:
        for report in self._solver.search(self.depth):
            if isinstance(report, Finding):
                self.findings.append(report)
            else:
                self.tried = report
                yield report
        self.findings.sort(key=lambda one: one.error)
        for other in self.findings[1:]:
            self._apart[other] = tells_apart(self.comparison, self.findings[0], other)
            if self.tried is not None:
                yield self.tried
        self.done = True

    @property
    def explained(self) -> Explained:
        """What was found out so far."""
        seen: list[Clue] = list(clues(self.comparison))
        best, unseen = self.findings[:1], self._solver.unseen
        others = [(other, self._apart.get(other)) for other in self.findings[1:]]
        told = as_text(seen, best, others, self._told, unseen, complete=self.done)
        # what was tried is told in several lines
        lines = "\n".join(told).split("\n")
        return Explained(lines, {"diagnosis": as_data(seen, best, others, unseen)})

    @property
    def _told(self) -> str:
        """What was tried."""
        told = f"{self._solver.tried} ways of doing {_counted(self.depth)} otherwise were tried"
        if not self.done:
            told += ", then the search was given up"
        elif self.depth == 1:
            told += f"; {self._deeper} tries up to three together"
        if not self.findings and self.tried is not None and self.tried.closest:
            told += f"\n  {closest(self.tried)}"
            share = f"{self.tried.share:.2g} times as large, geometric mean"
            told += f"\n  (with it the errors of the first rows are {share})"
        return told

    def write(self, path: Path) -> list[str]:
        """Write the weights of the best finding, if it is one of weights.

        Raises:
            InputError: there are no such weights, or they cannot be written.
        """
        if not self.findings:
            raise InputError(f"{path}: not written: nothing explains the reference")
        best = self.findings[0].variant
        save_model(best.model, path)
        about = [change.words for change in best.changes if change.run]
        also = [f"  beside the weights: {words}" for words in about]
        return ["", f"wrote {path}: with these weights all is as expected", *also]


def explain(
    comparison: Comparison,
    depth: int,
    write: Path | None = None,
    progress: Callable[[Tried], None] = lambda _: None,
    read: Read | None = None,
    batch: Batched | None = None,
) -> Explained:
    """Look for what explains a reference, to the end; see :class:`Explaining`.

    Args:
        comparison: the run and the reference.
        depth: how many things the other side may do otherwise, together.
        write: where to write the weights with which all is as expected.
        progress: is told how far the search is.
        read: reads the weight file with its gates in another order, if there is a file.
        batch: what the sequence is one of, if it is one of several.

    Raises:
        InputError: there are no such weights, or they cannot be written.
    """
    if comparison.passed:
        if write is not None:
            raise InputError(f"{write}: not written: all is as expected with the weights there are")
        return Explained()
    search = Explaining(comparison, depth, read, batch)
    for tried in search:
        progress(tried)
    found = search.explained
    written = [] if write is None else search.write(write)
    return Explained([*found.lines, *written], found.data)


def _counted(depth: int) -> str:
    return "one thing" if depth == 1 else f"up to {depth} things"

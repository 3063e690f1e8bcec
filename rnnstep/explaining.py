"""Why a run is not as expected, searched for and told: on the screen, and by the command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnstep.check import Comparison
from rnnstep.diagnosis import Batched, Clue, Finding, Read, Solver, Tried, clues, tells_apart
from rnnstep.errors import InputError
from rnnstep.render.diagnosis import as_data, as_text
from rnnstep.saving import save_model


@dataclass(frozen=True)
class Explained:
    """What was found out: lines for people, the same for programs."""

    lines: Sequence[str] = ()
    data: dict[str, Any] = field(default_factory=dict)


def explain(
    comparison: Comparison,
    depth: int,
    write: Path | None = None,
    progress: Callable[[Tried], None] = lambda _: None,
    read: Read | None = None,
    batch: Batched | None = None,
) -> Explained:
    """Look for what explains a reference that the run differs from.

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
    solver = Solver(comparison, read, batch)
    findings = _search(solver, depth, progress)
    told = f"{solver.tried} ways of doing {_counted(depth)} otherwise were tried"
    if depth == 1:
        told += "; --solve tries up to three together"
    seen: list[Clue] = list(clues(comparison))
    best = findings[:1]
    others = [(o, tells_apart(comparison, best[0], o)) for o in findings[1:]]
    lines = list(as_text(seen, best, others, told, solver.unseen))
    if write is not None:
        lines += _write(findings, write)
    return Explained(lines, {"diagnosis": as_data(seen, best, others, solver.unseen)})


def _search(solver: Solver, depth: int, progress: Callable[[Tried], None]) -> list[Finding]:
    findings: list[Finding] = []
    for report in solver.search(depth):
        if isinstance(report, Finding):
            findings.append(report)
        else:
            progress(report)
    return sorted(findings, key=lambda one: one.error)


def _counted(depth: int) -> str:
    return "one thing" if depth == 1 else f"up to {depth} things"


def _write(findings: Sequence[Finding], path: Path) -> list[str]:
    """Write the weights of the best finding, if it is one of weights."""
    if not findings:
        raise InputError(f"{path}: not written: nothing explains the reference")
    best = findings[0].variant
    save_model(best.model, path)
    about = [change.words for change in best.changes if change.run]
    also = [f"  beside the weights: {words}" for words in about]
    return ["", f"wrote {path}: with these weights all is as expected", *also]

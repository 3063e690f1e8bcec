"""What was found out about an error, told as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rnnstep.diagnosis import Change, Clue, Finding, Tried

_SHOWN = 6


def as_text(
    found_clues: Sequence[Clue],
    best: Sequence[Finding],
    others: Sequence[tuple[Finding, str | None]],
    solver_said: str,
    unseen: Sequence[Change],
    *,
    complete: bool = True,
) -> Iterator[str]:
    """What explains the reference, what the error points to, and what this data cannot tell.

    Args:
        found_clues: what the error points to.
        best: the finding that comes closest, if there is one.
        others: what explains it as well, each with the test vector that would tell it from that;
            empty if none would, ``None`` if that was not looked for.
        solver_said: what was tried.
        unseen: what makes no difference on this data.
        complete: whether all was tried.
    """
    yield ""
    for finding in best:
        yield f"EXPLAINED: {finding.words}"
        yield f"  with that the largest error is {finding.error:.3g}"
        yield from (f"  → {change.hint}" for change in finding.variant.changes if change.hint)
        if not complete:
            yield f"  {solver_said}"
    if not best:
        yield f"not explained: {solver_said}"
    if others:
        yield "  this data cannot tell it from:"
    for other, case in others[:_SHOWN]:
        vector = f"the test vector {case} (rnnstep vectors)" if case else ""
        told = f": {vector or _other_way([*best, other])} can"
        # of a search that was given up it is not known
        yield f"    {other.words}{told if case is not None else ''}"
    if found_clues:
        yield ""
        yield "the error points to"
        for clue in found_clues:
            yield f"  {clue.words} ({clue.evidence})"
    needs = dict.fromkeys(change.needs for change in unseen if change.needs)
    if needs and not best:
        yield ""
        yield "this data cannot show"
        for need in needs:
            hidden = [change.words for change in unseen if change.needs == need]
            yield f"  {'; '.join(hidden[:3])}: that takes {need}"


def _other_way(findings: Sequence[Finding]) -> str:
    """What tells findings apart that no test vector does."""
    told = (change.apart for found in findings for change in found.variant.changes)
    return next((words for words in told if words), "no test vector")


def so_far(tried: Tried) -> str:
    """How far the search is."""
    changes = f"{tried.depth} change{'s'[: tried.depth != 1]}"
    return f"{changes}: {tried.ways:,} of {tried.of:,} tried"


def closest(tried: Tried) -> str:
    """What comes closest to the reference so far, if anything does."""
    if not tried.closest:
        return ""
    return f"{'found' if tried.found else 'closest'}: {tried.closest}"


def as_data(
    found_clues: Sequence[Clue],
    best: Sequence[Finding],
    others: Sequence[tuple[Finding, str | None]],
    unseen: Sequence[Change],
) -> dict[str, Any]:
    """The same as JSON has it."""
    told = [_finding(finding) for finding in best]
    told += [_finding(other) | {"told_apart_by": case} for other, case in others]
    return {
        "explanations": told,
        "clues": [{"words": clue.words, "evidence": clue.evidence} for clue in found_clues],
        "not_visible": [
            {"change": change.words, "takes": change.needs} for change in unseen if change.needs
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    changes = finding.variant.changes
    return {
        "changes": [change.words for change in changes],
        "hints": [change.hint for change in changes if change.hint],
        "largest_error": finding.error,
    }

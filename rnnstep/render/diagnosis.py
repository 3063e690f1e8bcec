"""What was found out about an error, told as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rnnstep.diagnosis import Change, Clue, Finding

_SHOWN = 6


def as_text(
    found_clues: Sequence[Clue],
    findings: Sequence[Finding],
    solver_said: str,
    unseen: Sequence[Change],
) -> Iterator[str]:
    """The clues, what explains the reference, and what this data cannot tell."""
    yield ""
    if findings:
        best = findings[0]
        yield f"EXPLAINED: {best.words}"
        yield f"  with that the largest error is {best.error:.3g}"
        for change in best.variant.changes:
            if change.hint:
                yield f"  → {change.hint}"
        others = findings[1:]
        if others:
            yield "  this data cannot tell it from:"
            yield from (f"    {other.words}" for other in others[:_SHOWN])
            yield "  a run over more timesteps of random input, from states that are not zero, can"
    else:
        yield f"not explained: {solver_said}"
    if found_clues:
        yield ""
        yield "the error points to"
        for clue in found_clues:
            yield f"  {clue.words} ({clue.evidence})"
    needs = dict.fromkeys(change.needs for change in unseen if change.needs)
    if needs and not findings:
        yield ""
        yield "this data cannot show"
        for need in needs:
            hidden = [change.words for change in unseen if change.needs == need]
            yield f"  {'; '.join(hidden[:3])}: that takes {need}"


def as_data(
    found_clues: Sequence[Clue], findings: Sequence[Finding], unseen: Sequence[Change]
) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        "explanations": [
            {
                "changes": [change.words for change in finding.variant.changes],
                "hints": [change.hint for change in finding.variant.changes if change.hint],
                "largest_error": finding.error,
            }
            for finding in findings
        ],
        "clues": [{"words": clue.words, "evidence": clue.evidence} for clue in found_clues],
        "not_visible": [
            {"change": change.words, "takes": change.needs} for change in unseen if change.needs
        ],
    }

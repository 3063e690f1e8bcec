"""Which input would tell two explanations apart that a reference cannot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.check import Comparison
from rnnstep.check.expected import from_array
from rnnstep.diagnosis.search import Finding
from rnnstep.diagnosis.variant import Change, Variant
from rnnstep.equations import Array
from rnnstep.errors import RnnstepError
from rnnstep.vectors import Proposal, entry_of, proposals


def tells_apart(comparison: Comparison, one: Finding, other: Finding) -> str:
    """The simplest test vector on which two findings differ, by its name; empty if none does.

    Args:
        comparison: the run and the reference that both explain.
        one: what the other side may do otherwise.
        other: something else, that gives the same there.
    """
    try:
        cases = list(proposals(entry_of(comparison.trace.model)))
    except RnnstepError:
        return ""
    for case in cases:
        outputs = [_output(comparison, case, found.variant.changes) for found in (one, other)]
        if _differ(comparison, outputs):
            return case.name
    return ""


def _output(comparison: Comparison, case: Proposal, changes: Sequence[Change]) -> Array | None:
    """What changes make of a case; ``None`` where they cannot be made."""
    x = case.attempts[0]
    last = comparison.reference.values[-1]
    variant: Variant | None = Variant(comparison.trace.model, x, case.state)
    for change in changes:
        variant = None if variant is None else change.of(variant)
    if variant is None:
        return None
    asked = from_array(last.layer, last.name, np.arange(len(x)), np.empty((len(x), 0)))
    try:
        return variant.outputs(asked, len(x))
    except RnnstepError:
        return None


def _differ(comparison: Comparison, outputs: Sequence[Array | None]) -> bool:
    one, other = outputs
    if one is None or other is None:
        return False
    apart = np.abs(np.nan_to_num(one) - np.nan_to_num(other))
    return bool((apart > comparison.tolerance.of(np.nan_to_num(one))).any())

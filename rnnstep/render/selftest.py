"""The invariances of a run, told as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rnnstep.check import Divergence
from rnnstep.render.check import divergence_data
from rnnstep.selftest import Outcome

_WIDTH = 12


def as_text(outcomes: Sequence[Outcome], timesteps: int) -> Iterator[str]:
    """A line a check, with the first number that differs.

    Args:
        outcomes: the checks.
        timesteps: how many the sequence has.
    """
    # the first check looks at as much as any but that of the machine, which says so itself
    looked_at = next(len(o.comparison.trace) for o in outcomes if o.comparison is not None)
    if looked_at < timesteps:
        yield f"the first {looked_at} of {timesteps} timesteps"
    for outcome in outcomes:
        yield f"{_verdict(outcome)}  {outcome.name:<{_WIDTH}}  {outcome.told}{_result(outcome)}"
    yield ""
    failed = sum(not outcome.passed for outcome in outcomes)
    done = sum(outcome.comparison is not None for outcome in outcomes)
    yield f"FAIL: {failed} of {done} checks" if failed else f"PASS: {done} checks"


def _verdict(outcome: Outcome) -> str:
    if outcome.comparison is None:
        return "none"
    return "PASS" if outcome.passed else "FAIL"


def _result(outcome: Outcome) -> str:
    found = outcome.comparison
    if found is None:
        return ""
    if found.first is not None:
        name = found.trace.model.qualified(found.first.layer, found.first.name)
        return f": {_difference(found.first, name)}"
    return f": largest error {found.worst:.3g}" if found.worst else ": the same bits"


def _difference(at: Divergence, name: str) -> str:
    numbers = f"is {at.got:+.9g}, so done {at.expected:+.9g}, error {at.error:.3g}"
    return f"t = {at.t}: {name}[{at.unit}] {numbers}"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The checks as a JSON object."""
    data = {
        "passed": all(outcome.passed for outcome in outcomes),
        "checks": [_data(outcome) for outcome in outcomes],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def _data(outcome: Outcome) -> dict[str, Any]:
    found = outcome.comparison
    data: dict[str, Any] = {"name": outcome.name, "how": outcome.told}
    if found is None:
        return data | {"passed": None}
    return data | {
        "passed": outcome.passed,
        "timesteps": len(found.trace),
        "same_bits": found.worst == 0,
        "tolerance": str(found.tolerance),
        "first_difference": divergence_data(found, found.first) if found.first else None,
    }

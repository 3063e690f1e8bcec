"""What another runtime gave for test vectors, told as text, as JSON and as JUnit XML."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from rnnstep.notes import printable
from rnnstep.vectors import Judgement, Verdict
from rnnstep.vectors.judging import Difference


def as_text(found: Judgement) -> Iterator[str]:
    """A line a case, with the first number that is wrong, and what the failures mean."""
    of = f"{found.vectors.weights} ({found.vectors.model})"
    yield f"compared {found.source} with the vectors of {of}"
    if not found.finals and found.vectors.carried:
        yield "  final states not given: not compared (lines CASE state VALUE…)"
    if found.tolerance is not None:
        yield f"tolerance {found.tolerance} for every case"
    yield ""
    width = max(len(verdict.vector.name) for verdict in found.verdicts)
    for verdict in found.verdicts:
        passed = "PASS" if verdict.passed else "FAIL"
        yield f"{passed}  {verdict.vector.name:<{width}}  {_told(verdict)}"
    yield ""
    yield from _verdict(found)


def _told(verdict: Verdict) -> str:
    parts = [verdict.missing] if verdict.missing else []
    if verdict.first:
        parts.append(difference_text(verdict.first))
    return "; ".join(parts) or f"largest error {verdict.error:.3g}"


def difference_text(at: Difference) -> str:
    """``t = 3: h_t[2] is +0.1, expected +0.2, error 0.1``."""
    where = "after the last timestep" if at.final else f"t = {at.t}"
    numbers = f"is {at.got:+.9g}, expected {at.expected:+.9g}, error {at.error:.3g}"
    return f"{where}: {at.name}[{at.unit}] {numbers}"


def _verdict(found: Judgement) -> Iterator[str]:
    count = len(found.verdicts)
    failed = sum(not verdict.passed for verdict in found.verdicts)
    simplest = found.simplest
    if simplest is None:
        yield f"PASS: {count} cases"
        return
    yield f"FAIL: {failed} of {count} cases; the one that says most is {simplest.vector.name}:"
    yield f"  {found.means}"


def as_json(found: Judgement) -> str:
    """The judgement as a JSON object."""
    simplest = found.simplest
    data = {
        "passed": found.passed,
        "results": found.source,
        "weights": found.vectors.weights,
        "says_most": simplest.vector.name if simplest else None,
        "means": found.means,
        "cases": [
            {
                "name": verdict.vector.name,
                "passed": verdict.passed,
                "missing": verdict.missing,
                "largest_error": _plain(verdict.error),
                "tolerance": verdict.tolerance,
                "first_divergence": _difference(verdict.first),
                "means": verdict.means,
            }
            for verdict in found.verdicts
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def _difference(at: Difference | None) -> dict[str, Any] | None:
    if at is None:
        return None
    return {
        "t": at.t,
        "value": at.name,
        "final_state": at.final,
        "unit": at.unit,
        "got": _plain(at.got),
        "expected": _plain(at.expected),
        "error": _plain(at.error),
    }


def as_junit(found: Judgement) -> str:
    """The judgement as JUnit XML: a test a case."""
    failed = sum(not verdict.passed for verdict in found.verdicts)
    suite = quoteattr(printable(found.source))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuite name="rnnstep check" tests="{len(found.verdicts)}" failures="{failed}">',
    ]
    for verdict in found.verdicts:
        start = f"  <testcase classname={suite} name={quoteattr(verdict.vector.name)}"
        message = quoteattr(printable(f"{_told(verdict)}: {verdict.means}"))
        lines.append(
            f"{start}/>" if verdict.passed else f"{start}><failure message={message}/></testcase>"
        )
    return "\n".join([*lines, "</testsuite>", ""])


def _plain(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"

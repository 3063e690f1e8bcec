"""A comparison, told as text, as JSON and as JUnit XML."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnnstep.check import Comparison, Divergence
from rnnstep.notes import printable
from rnnstep.render.spark import spark

_WIDEST = 60


def as_text(found: Comparison) -> Iterator[str]:
    """The verdict, the first divergence, the growth of the error and the worst units."""
    reference = found.reference
    for note in reference.notes:
        yield f"{'! ' if note.warning else '  '}{note}"
    names = ", ".join(_name(found, one.expected.layer, one.expected.name) for one in found.values)
    times, error = found.over_time()
    of = f"{len(times)} of {len(found.trace)} timesteps"
    yield f"compared {names} with {reference.source} at {of}"
    yield f"tolerance {found.tolerance}"
    yield ""
    if found.first is None:
        yield f"PASS: the largest error is {found.worst:.3g}"
        return
    yield f"FAIL: first wrong at {divergence_text(found, found.first)}"
    yield ""
    yield from _growth(found, times, error)
    yield from _units(found)


def _name(found: Comparison, layer: int, name: str) -> str:
    return found.trace.model.qualified(layer, name)


def divergence_text(found: Comparison, at: Divergence) -> str:
    """``t = 3: lstm/h_t[7] is +0.123, expected +0.456``, and the line that makes it."""
    layer = found.trace.model.layers[at.layer]
    name = _name(found, at.layer, at.name)
    equation = layer.cell.equation(at.name)
    line = f" ({layer.title(at.name)} = {layer.mathematics(equation)})" if equation else ""
    numbers = f"is {at.got:+.6g}, expected {at.expected:+.6g}, error {at.error:.3g}"
    return f"t = {at.t}: {name}[{at.unit}] {numbers}{line}"


def _growth(found: Comparison, times: Any, error: Any) -> Iterator[str]:
    """The error over time: as bars, and in numbers at a few timesteps."""
    yield "error over time (largest of each timestep, bars on a logarithmic scale)"
    size = -(-len(times) // _WIDEST)
    blocks = [error[start : start + size].max() for start in range(0, len(error), size)]
    with np.errstate(all="ignore"):
        yield f"  {spark(np.log10(np.maximum(blocks, 1e-12)))}" + (
            f"  a bar: {size} timesteps" if size > 1 else ""
        )
    first = found.first.t if found.first else 0
    wanted = sorted({0, first - 1, first, first + 1, *(first + 10**n for n in range(1, 7))})
    shown = [t for t in dict.fromkeys([*wanted, int(times[-1])]) if t in set(times.tolist())]
    for t in shown:
        place = int(np.searchsorted(times, t))
        yield f"  t = {t:<8} {error[place]:.3g}"
    yield ""


def _units(found: Comparison) -> Iterator[str]:
    yield "worst units (largest error over all timesteps)"
    for expected, unit, error in found.worst_units():
        yield f"  {_name(found, expected.layer, expected.name)}[{unit}]  {error:.3g}"


def as_data(found: Comparison) -> dict[str, Any]:
    """The comparison as JSON has it."""
    times, error = found.over_time()
    return {
        "passed": found.passed,
        "reference": found.reference.source,
        "tolerance": str(found.tolerance),
        "timesteps": len(times),
        "notes": [str(note) for note in found.reference.notes],
        "largest_error": _plain(found.worst),
        "first_divergence": divergence_data(found, found.first) if found.first else None,
        "values": [
            {
                "name": _name(found, one.expected.layer, one.expected.name),
                "reference": one.expected.called,
                "largest_error": _plain(float(one.error.max(initial=0.0))),
                "wrong_timesteps": len(one.wrong),
            }
            for one in found.values
        ],
        "error_over_time": {
            "t": times.tolist(),
            "error": [_plain(float(number)) for number in error],
        },
        "worst_units": [
            {"name": _name(found, e.layer, e.name), "unit": unit, "error": _plain(size)}
            for e, unit, size in found.worst_units()
        ],
    }


def divergence_data(found: Comparison, at: Divergence) -> dict[str, Any]:
    """One divergence as JSON has it."""
    return {
        "t": at.t,
        "layer": found.trace.model.layers[at.layer].name,
        "value": _name(found, at.layer, at.name),
        "unit": at.unit,
        "got": _plain(at.got),
        "expected": _plain(at.expected),
        "error": _plain(at.error),
    }


def as_json(found: Comparison) -> str:
    """The comparison as a JSON object."""
    return json.dumps(as_data(found), indent=2, ensure_ascii=False, allow_nan=False)


def as_junit(found: Comparison) -> str:
    """The comparison as JUnit XML: a test a value."""
    # it loads what fetches pages from the web, too
    from xml.sax.saxutils import quoteattr

    failures = sum(bool(len(one.wrong)) for one in found.values)
    suite = quoteattr(printable(found.reference.source))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuite name="rnnstep check" tests="{len(found.values)}" failures="{failures}">',
    ]
    for one in found.values:
        name = quoteattr(printable(_name(found, one.expected.layer, one.expected.name)))
        wrong = one.wrong
        if len(wrong):
            told = f"{len(wrong)} timesteps wrong, first t = {wrong[0]}"
            message = quoteattr(f"{told}, largest error {float(one.error.max()):.3g}")
            lines.append(
                f"  <testcase classname={suite} name={name}><failure message={message}/></testcase>"
            )
        else:
            lines.append(f"  <testcase classname={suite} name={name}/>")
    return "\n".join([*lines, "</testsuite>", ""])


def _plain(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"

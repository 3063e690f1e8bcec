"""What the shape of an error points to, in words and with what it was seen from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnstep.check import Comparison
from rnnstep.check.comparison import Compared, errors
from rnnstep.diagnosis.running import padding
from rnnstep.equations import Array

LOOKED_AT = 512
"""Timesteps that are looked at for clues."""
_SMALL = 0.02
"""An error, beside the size of what is expected, that rounding may grow to."""


@dataclass(frozen=True)
class Clue:
    """What an error points to.

    Attributes:
        words: what to look at.
        evidence: what it was seen from.
    """

    words: str
    evidence: str


def clues(comparison: Comparison) -> Iterator[Clue]:
    """What the error of the last value that is wrong points to, the surest first."""
    wrong = [one for one in comparison.values if len(one.wrong)]
    if not wrong:
        return
    one = wrong[-1]
    got, wanted = comparison.rows(one.expected, 0, min(len(one.expected.times), LOOKED_AT))
    yield from _whole(got, wanted, comparison)
    yield from _units(comparison, one)
    yield from _time(comparison, one, got, wanted)


def _units(comparison: Comparison, one: Compared) -> Iterator[Clue]:
    """Which entries are wrong, if most are not."""
    allowed = comparison.tolerance.absolute + comparison.tolerance.relative
    wrong = np.flatnonzero(one.units > allowed)
    if 0 < len(wrong) <= len(one.units) // 4:
        units = ", ".join(map(str, wrong[:8])) + (" …" if len(wrong) > 8 else "")
        name = comparison.trace.model.qualified(one.expected.layer, one.expected.name)
        told = f"unit {units} of {name} alone, of {len(one.units)}"
        yield Clue("few units are wrong: look at their rows of the weights, or their order", told)


def _whole(got: Array, wanted: Array, comparison: Comparison) -> Iterator[Clue]:
    """What the numbers as a whole look like."""
    if np.isnan(wanted).any():
        t, unit = (int(place) for place in np.argwhere(np.isnan(wanted))[0])
        yield Clue("the reference holds NaN: its run went wrong", f"first in row {t}, unit {unit}")
        return
    if not wanted.any():
        yield Clue(
            "the reference is zero everywhere: nothing was run, or loaded", "no number in it"
        )
        return
    order = permutation(got, wanted, comparison)
    if order is not None:
        moved = [f"{place}→{unit}" for place, unit in enumerate(order) if place != unit]
        told = ", ".join(moved[:6]) + (" …" if len(moved) > 6 else "")
        yield Clue(
            "the units stand in another order", f"unit of the reference → of this run: {told}"
        )
    factor = float((wanted * got).sum()) / max(float(np.square(wanted).sum()), 1e-300)
    rest = np.abs(got - factor * wanted).max()
    if abs(factor - 1) > 0.01 and rest < 1e-3 * np.abs(got).max():
        told = f"this run is {factor:.4g} times the reference, to {rest:.2g}"
        yield Clue("the reference is scaled", told)
    if len(got) > 2 and np.abs(got[::-1] - wanted).max() < 1e-3 * np.abs(wanted).max():
        yield Clue("the rows of the reference are in reverse order", "mirrored they agree")


def permutation(got: Array, wanted: Array, comparison: Comparison) -> list[int] | None:
    """For each unit of the reference the one of this run that it is, if that is another order."""
    allowed = comparison.tolerance.of(wanted)
    free = list(range(got.shape[1]))
    order: list[int] = []
    for column in range(wanted.shape[1]):
        apart = errors(got[:, free], wanted[:, column : column + 1])
        fits = np.flatnonzero((apart <= allowed[:, column : column + 1]).all(axis=0))
        if not len(fits):
            return None
        order.append(free.pop(int(fits[0])))
    return order if order != sorted(order) else None


def _time(comparison: Comparison, one: Compared, got: Array, wanted: Array) -> Iterator[Clue]:
    """When it begins, and how it grows."""
    times = one.expected.times
    first = int(one.wrong[0])
    if len(times) == 1:
        yield Clue(
            "one timestep alone tells little: give the reference of all timesteps",
            f"only t = {times[0]} is compared",
        )
        return
    size = float(np.abs(wanted).max())
    error = one.error[: len(got)]
    # what rounds otherwise does so from the beginning
    early = bool(error[:2].any())
    drifting = early and np.count_nonzero(error) > len(error) // 2
    slow = drifting and float(error.max()) < _SMALL * size
    if slow:
        yield Clue(
            "it is small and grows slowly: precision, or a function that is computed roughly",
            f"{error[0]:.2g} at t = {times[0]}, at most {error.max():.2g} of {size:.2g}",
        )
    padded = padding(np.asarray(comparison.trace.xs[: len(comparison.trace)]))
    start = len(comparison.trace) - padded
    if padded and first >= start:
        yield Clue(
            "it begins with the padding: masking, or lengths of sequences",
            f"x is zero from t = {start} on, the first error is at t = {first}",
        )
    elif first == int(times[0]) == 0:
        yield Clue(
            "t = 0 is wrong: look at the input kernel, the bias, the order of the gates, the "
            "activations and the initial state; recurrent weights do not show there from a state "
            "of zero",
            f"error {error[0]:.3g} at t = 0",
        )
    elif first == 1:
        yield Clue(
            "t = 0 is right and t = 1 is wrong: look at the recurrent kernel, at what is carried "
            "on, and at where a recurrent bias is added",
            f"error {error[0]:.3g} at t = 0, {error[min(1, len(error) - 1)]:.3g} at t = 1",
        )
    elif not slow:
        told = f"the first error is at t = {first}"
        yield Clue("it begins in the middle of the run: look at the input there, or a reset", told)

"""Invariances: one run done in several ways, which have to give the same.

Floor 3. Each check gives an outcome; what it compares, and where the two part first.
"""

from __future__ import annotations

from collections.abc import Iterator

from rnnstep.selftest.machine import compiled
from rnnstep.selftest.outcome import Outcome, Whole, whole_of
from rnnstep.selftest.padding import padded
from rnnstep.selftest.pieces import in_pieces
from rnnstep.selftest.samples import side_by_side
from rnnstep.selftest.travel import backwards, jumping
from rnnstep.selftest.turning import turned
from rnnstep.trace import Trace


def selftest(trace: Trace) -> Iterator[Outcome]:
    """Check the invariances of a run, one after another.

    A long sequence is cut: :attr:`Whole.trace` says how many timesteps are looked at.
    """
    whole = whole_of(trace)
    yield in_pieces(whole, 1)
    yield in_pieces(whole, 7)
    yield backwards(whole)
    yield jumping(whole)
    yield turned(whole)
    yield padded(whole)
    yield side_by_side(whole)
    yield compiled(whole, trace)


__all__ = ["Outcome", "Whole", "selftest", "whole_of"]

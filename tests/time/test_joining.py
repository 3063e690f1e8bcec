"""Values over time, put together of the blocks that they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import ReferenceType, ref

import numpy as np

from rnnstep.joining import Part, glance

LENGTH, SIZE = 4, 20


def test_one_part_is_not_copied() -> None:
    part = np.ones((LENGTH, 2))
    assert glance(iter([(0, part)]), LENGTH) is part


def test_blocks_are_let_go_one_by_one() -> None:
    """Each part keeps all values of a block: of a long run only a few may be there at once."""
    known: list[ReferenceType[np.ndarray]] = []
    there: list[int] = []

    def parts() -> Iterator[Part]:
        for number in range(SIZE):
            part = np.full((LENGTH, 2), float(number))
            known.append(ref(part))
            there.append(sum(one() is not None for one in known))
            yield number * LENGTH, part

    found = glance(parts(), SIZE * LENGTH)
    np.testing.assert_array_equal(found[:, 0], np.repeat(np.arange(SIZE), LENGTH))
    assert max(there) <= 4

"""Values over time, put together of the blocks that they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from weakref import ReferenceType, ref

import numpy as np

from rnnstep.joining import Part, glance, one_array

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


def test_an_array_to_keep_keeps_little_else() -> None:
    block = np.arange(160.0).reshape(8, 20)
    most, some = block.reshape(8, 4, 5), np.ascontiguousarray(block[:2])
    for part in (most, block[4:], block[2:4]):
        assert one_array(iter([(0, part)]), len(part)) is part
    for part in (block[:, 3:19], block[:, 3], block[1:2], block.T):
        found = one_array(iter([(0, part)]), len(part))
        assert not np.shares_memory(found, block)
        np.testing.assert_array_equal(found, part)
    found = one_array(iter([(0, some), (2, some)]), 4)
    np.testing.assert_array_equal(found, [*some, *some])


def test_what_is_part_of_a_file_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "xs.npy"
    np.save(path, np.ones((LENGTH, 2)))
    part = np.load(path, mmap_mode="r")
    assert not np.shares_memory(one_array(iter([(0, part)]), LENGTH), part)

"""Sums of products and constants as one: of a table, for the machine that runs many sequences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.opcodes import ADD, PRODUCT, Row, reads, writes

Sizes = Mapping[int, int]
"""The size of each value by its place; of those that are made as one, of each."""

_MOST = 2
"""Products that one sum is of, see :mod:`rnnstep.program.tiles`."""


@dataclass(frozen=True, eq=False)
class Products:
    """One value that is the sum of a constant and of products.

    Attributes:
        out: its place.
        start: the constant.
        factors: for each product the matrix and the place of the vector.
    """

    out: int
    start: Array
    factors: tuple[tuple[Array, int], ...]

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return len(self.start)


Item = Row | Products


def fused(
    rows: Sequence[Row], values: Array, matrices: Sequence[Array], sizes: Sizes
) -> list[Item]:
    """The rows, in which products are added up where they are made.

    The values differ by the order of the sums alone, and by how often they are rounded.

    Args:
        rows: what a timestep does, all of it.
        values: the buffer at the start, with the constants in their places.
        matrices: those of the products, in their order.
        sizes: of the values and of what stands between them.
    """
    sums = _Sums(rows, values, sizes)
    items: list[Item] = []
    left = iter(matrices)
    for row in rows:
        if row.code == PRODUCT:
            items += _alone(row, next(left), sizes[row.out])
            continue
        merged = sums.merged(row, items) if row.code == ADD else []
        replaced = [old for _, old in merged]
        items = [item for item in items if not any(item in old for old in replaced)]
        items += [new for new, _ in merged] or [row]
    return items


def _alone(row: Row, matrix: Array, size: int) -> Iterator[Products]:
    """A product for each of the values that are made as one."""
    start = np.zeros(size, matrix.dtype)
    for n in range(0, row.size, size):
        yield Products(row.out + n, start, ((matrix[n : n + size], row.a),))


def _can_wait(product: Products, items: Sequence[Item]) -> bool:
    """Whether its vectors are still there after all of the items."""
    later = [item for item in items[items.index(product) + 1 :] if isinstance(item, Row)]
    written = [bounds for row in later for bounds in writes(row)]
    vectors = [(place, place + matrix.shape[1]) for matrix, place in product.factors]
    return not any(b < end and begin < e for begin, end in vectors for b, e in written)


class _Sums:
    """Tells which additions need no instruction of their own."""

    def __init__(self, rows: Sequence[Row], values: Array, sizes: Sizes) -> None:
        self._values, self._sizes = values, sizes
        self._readers = np.zeros(len(values), int)
        self._written = np.zeros(len(values), bool)
        for row in rows:
            for begin, end in reads(row):
                self._readers[begin:end] += 1
            for begin, end in writes(row):
                self._written[begin:end] = True

    def merged(self, row: Row, items: Sequence[Item]) -> list[tuple[Products, list[Products]]]:
        """What an addition makes, and of what; nothing if not all of it can be made so."""
        made = {item.out: item for item in items if isinstance(item, Products)}
        size, found = self._sizes.get(row.out, row.size), []
        for n in range(0, row.size, size):
            operands = [self._operand(place + n, size, made) for place in (row.a, row.b)]
            products = [operand for operand in operands if isinstance(operand, Products)]
            factors = tuple(factor for product in products for factor in product.factors)
            if any(operand is None for operand in operands) or not 0 < len(factors) <= _MOST:
                return []
            if not all(_can_wait(product, items) for product in products):
                return []
            first, second = (
                o.start if isinstance(o, Products) else o for o in operands if o is not None
            )
            found.append((Products(row.out + n, first + second, factors), products))
        return found

    def _operand(
        self, place: int, size: int, made: Mapping[int, Products]
    ) -> Products | Array | None:
        """Products that nothing else reads, or a constant."""
        here = slice(place, place + size)
        if place in made:
            return made[place] if self._readers[here].max() == 1 else None
        return None if self._written[here].any() else self._values[here]

"""The table of one sequence turned into that of eight of them, a group, which run side by side.

A value of ``n`` numbers at ``place`` becomes a block of ``n`` numbers of each sequence in turn, at
eight times ``place``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.buffers import Buffer
from rnnstep.program.fusing import Item, Sizes, fused
from rnnstep.program.opcodes import FILL, LOAD, PRODUCT, STORE, Row, reads
from rnnstep.program.panels import aligned, packed
from rnnstep.program.translate import Table

GROUP = 8
"""Sequences of a group: enough to multiply a matrix with their vectors as fast as can be."""


class Sum(NamedTuple):
    """What the machine reads of a value that is a sum of products.

    Attributes:
        size: its numbers of a sequence.
        out: its place.
        begin: where among the weights its panels begin.
        first: columns of the first matrix.
        x: the place of the vectors that it is multiplied with.
        second: columns of the second matrix, if there is one.
        z: the place of the vectors that it is multiplied with.
    """

    size: int
    out: int
    begin: int
    first: int
    x: int
    second: int = 0
    z: int = 0


@dataclass(frozen=True)
class Loaded:
    """Values that are loaded.

    Attributes:
        buffer: how they lie where they are loaded from.
        places: where those of one sequence go.
    """

    buffer: Buffer
    places: Mapping[str, int]

    @property
    def rows(self) -> list[Row]:
        """The instructions of a group that load them."""
        columns = self.buffer.places.items()
        return [Row(LOAD, e - b, self.places[name] * GROUP, b) for name, (b, e) in columns]


@dataclass
class Grouped:
    """What the machine for many sequences runs.

    Attributes:
        starts: what is loaded before the first timestep.
        given: what is loaded at each timestep.
        kept: how what is stored at each timestep lies there.
        values: a group's buffer at the start, with the constants in their places.
        rows: the instructions of a timestep; of a product, which sum it is.
        sums: the sums of products.
        panels: of each sum the column that it starts with and its matrices, in panels.
    """

    starts: Loaded
    given: Loaded
    kept: Buffer
    values: Array
    rows: list[Row] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    panels: list[Array] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Let a timestep do something more."""
        if isinstance(item, Row):
            self.rows.append(_block(item))
            return
        self.rows.append(Row(PRODUCT, item.size, item.out * GROUP, len(self.sums)))
        factors = [n for matrix, place in item.factors for n in (matrix.shape[1], place * GROUP)]
        self.sums.append(Sum(item.size, item.out * GROUP, sum(map(len, self.panels)), *factors))
        matrix = np.column_stack([item.start, *(matrix for matrix, _ in item.factors)])
        self.panels.append(packed([matrix], self.values.dtype))


def grouped(table: Table, sizes: Sizes, starts: Loaded, given: Loaded, kept: Buffer) -> Grouped:
    """The table of a group.

    Args:
        table: what a timestep of one sequence does, in one piece; what it loads is left out.
        sizes: of each of its values, by its place.
        starts: what is loaded before the first timestep.
        given: what is loaded at each timestep.
        kept: how what is stored lies there.
    """
    rows = table.rows
    every = all_sizes(rows, sizes)
    items = fused(rows, table.values, table.matrices, every)
    left = [item for item in items if isinstance(item, Row) and item.code != LOAD]
    found = Grouped(starts, given, kept, _with_constants(left, table.values, every), given.rows)
    for item in items:
        if not isinstance(item, Row) or item.code != LOAD:
            found.add(item)
    return found


def all_sizes(rows: Sequence[Row], sizes: Sizes) -> Sizes:
    """The sizes of what stands between the values and of constants, too.

    All operands of an instruction lie as its result does, and in the end a value is made.
    """
    found = dict(sizes)
    for row in reversed(rows):
        if row.code not in (LOAD, STORE, PRODUCT, FILL):
            for place, _ in reads(row):
                found.setdefault(place, found.get(row.out, row.size))
    return found


def _with_constants(rows: Sequence[Row], values: Array, sizes: Sizes) -> Array:
    """The buffer of a group with everything that no instruction writes."""
    found = aligned(len(values) * GROUP, values.dtype)
    for begin, end in (place for row in rows for place in reads(row)):
        parts = values[begin:end].reshape(-1, 1, sizes.get(begin, 1))
        block = found[begin * GROUP : end * GROUP].reshape(len(parts), GROUP, -1)
        block[...] = parts
    return found


def _block(row: Row) -> Row:
    a, b, c, out = (GROUP * place for place in (row.a, row.b, row.c, row.out))
    if row.code == STORE:
        return row._replace(a=a)
    if row.code == FILL:
        return row._replace(out=out, a=a, times=GROUP, d_out=row.size, d_a=1)
    return row._replace(size=row.size * GROUP, out=out, a=a, b=b, c=c)

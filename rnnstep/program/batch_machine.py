"""The machine for many sequences: all timesteps of a batch in one compiled function.

Each group of sequences has a buffer, in which a value of all of them is one block. What is done
number by number is done group after group, so that a group's values stay in the cache; a matrix
is read once for all groups.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from rnnstep.program import kernels as do
from rnnstep.program import opcodes as op
from rnnstep.program.grouped import GROUP
from rnnstep.program.machine import elementwise
from rnnstep.program.panels import LANES
from rnnstep.program.tiles import SUMS, sums

# places are unsigned, and of an unsigned number and another one numba makes a float
_NONE, _ONE, _GROUP, _LANES, _SUMS = map(np.uint64, (0, 1, GROUP, LANES, SUMS))
_unsigned = np.uint64
_STAYS = np.uint64(2**15)
"""Numbers of a matrix that stay in the second cache beside what else is there."""


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    begin: Any,
    table: Any,
    products: Any,
    weights: Any,
    values: Any,
    given: Any,
    starts: Any,
    made: Any,
    first: Any,
    count: Any,
) -> None:
    """Run some sequences through some timesteps, as many at a time as the buffers are for.

    Args:
        begin: the instructions that load what the first timestep starts from.
        table: those of a timestep, see :class:`rnnstep.program.opcodes.Row`.
        products: see :class:`rnnstep.program.grouped.Sum`.
        weights: the matrices.
        values: (groups, places), the buffers.
        given: (timesteps, sequences, places), what is loaded.
        starts: (1, sequences, places), the states before the first timestep.
        made: what is stored: array behind array, (timesteps, sequences, columns) each. If there
            is a timestep more, the first one is left as it is.
        first: which of the sequences that are stored the first one is.
        count: how many of them there are.
    """
    # flat ones, of which no slices are taken: of those the compiler counts who uses them
    flat, read = values.reshape(-1), given.reshape(-1)
    places, last = _unsigned(values.shape[1]), _unsigned(given.shape[1])
    wide, stored = _unsigned(given.shape[2]), _unsigned(len(made))
    shift = stored - _unsigned(len(given))
    rows, together = _unsigned(len(table)), _unsigned(len(values)) * _GROUP
    for n in range(_NONE, last, together):
        now = min(together, last - n)
        many = now, (now + _GROUP - _ONE) // _GROUP
        state = starts.reshape(-1), n * _unsigned(starts.shape[2]), _unsigned(starts.shape[2])
        target = made.reshape(-1), stored * count, first + n
        _rows(begin, _NONE, _unsigned(len(begin)), flat, places, many, state, target)
        for t in range(_unsigned(len(given))):
            source = read, (t * last + n) * wide, wide
            target = made.reshape(-1), stored * count, (t + shift) * count + first + n
            i = _NONE
            while i < rows:
                j = i
                while j < rows and table[j, 0] != op.PRODUCT:
                    j += _ONE
                _rows(table, i, j, flat, places, many, source, target)
                if j < rows:
                    _product(products, table[j, 3], weights, flat, places, many[1])
                i = j + _ONE


@njit(error_model="numpy", forceinline=True)
def _rows(
    table: Any, i: Any, j: Any, values: Any, places: Any, many: Any, source: Any, target: Any
) -> None:
    """Some instructions, group after group."""
    (read, begin, wide), (write, before, to), (count, groups) = source, target, many
    for g in range(groups):
        own, here = g * places, g * _GROUP
        for r in range(i, j):
            code, n = table[r, 0], table[r, 1]
            o, a, b, c = table[r, 2], table[r, 3], table[r, 4], table[r, 5]
            if code == op.LOAD:
                for s in range(min(_GROUP, count - here)):
                    x = begin + (here + s) * wide + a
                    do.move(read, x, values, own + o + s * n, n)
            elif code == op.STORE:
                for s in range(min(_GROUP, count - here)):
                    y = b * before + (to + here + s) * c + o
                    do.move(values, own + a + s * n, write, y, n)
            else:
                o, a, b, c = own + o, own + a, own + b, own + c
                for _ in range(table[r, 6]):
                    elementwise(code, values, n, o, a, b, c)
                    o, a = o + table[r, 7], a + table[r, 8]


@njit(error_model="numpy")
def _product(
    products: Any, which: Any, weights: Any, values: Any, places: Any, groups: Any
) -> None:
    """A sum of matrices times the vectors of every sequence, some panels at a time.

    As many as stay in the second cache, so that a group's vectors are read for all of them.
    """
    size, o, w = products[which, 0], products[which, 1], products[which, 2]
    columns, x = products[which, 3], products[which, 4]
    more, z = products[which, 5], products[which, 6]
    wide = _ONE + columns + more
    rows = max(_STAYS // (_LANES * wide), _ONE) * _LANES
    for begin in range(_NONE, size, rows):
        for g in range(groups):
            own = g * places
            for row in range(begin, min(begin + rows, size), _LANES):
                for s in range(_NONE, _GROUP, _SUMS):
                    sums(
                        weights,
                        w + row * wide,
                        values,
                        columns,
                        own + x + s * columns,
                        columns,
                        more,
                        own + z + s * more,
                        more,
                        own + o + s * size + row,
                        size,
                        size - row,
                    )

"""States that are made where the next timestep starts from them."""

from __future__ import annotations

import pytest

from rnnstep.program import opcodes as op
from rnnstep.program.carrying import without_copies
from rnnstep.program.opcodes import Row
from tests.parity.compiled import CELLS, model
from tests.time.test_sharing import table_of

STATE, MADE, OTHER = 0, 8, 16
KEEP = Row(op.STORE, 8, MADE, MADE)
"""Its column is the number of a place, and no place."""


def carried(*rows: Row) -> list[Row]:
    return without_copies([*rows, KEEP, Row(op.COPY, 8, STATE, MADE)])


def test_what_a_timestep_ends_with_is_made_where_the_next_one_starts() -> None:
    times = Row(op.MULTIPLY, 8, OTHER, STATE, OTHER + 8)
    assert carried(times, Row(op.TANH, 8, MADE, OTHER)) == [
        times,
        Row(op.TANH, 8, STATE, OTHER),
        KEEP._replace(a=STATE),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [Row(op.TANH, 8, MADE, STATE)],
        [Row(op.TANH, 8, MADE, OTHER), Row(op.ADD, 8, OTHER, STATE, OTHER + 8)],
        [Row(op.TANH, 16, MADE, OTHER)],
        [Row(op.TANH, 8, MADE, OTHER), Row(op.TANH, 16, OTHER + 16, MADE)],
        [Row(op.TANH, 4, MADE, OTHER), Row(op.TANH, 4, MADE + 4, OTHER)],
    ],
    ids=["made of it", "read later", "made with another", "read with another", "made in parts"],
)
def test_a_state_that_is_needed_longer_is_copied(rows: list[Row]) -> None:
    assert carried(*rows) == [*rows, KEEP, Row(op.COPY, 8, STATE, MADE)]


@pytest.mark.parametrize("cell", CELLS)
def test_the_common_cells_copy_nothing(cell: str) -> None:
    table, *_ = table_of(model(cell))
    [rows] = table.forwards
    assert isinstance(rows, list)
    assert rows
    assert not [row for row in rows if row.code == op.COPY]

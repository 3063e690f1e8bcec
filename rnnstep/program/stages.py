"""When each equation has to be computed: ahead of the steps, in them, or only when asked for."""

from __future__ import annotations

from collections.abc import Iterable

from rnnstep.cells import Cell, Equation
from rnnstep.equations import dependencies
from rnnstep.record import Record


class Stages(Record):
    """The equations of a cell by when they run, each group in the order of the listing.

    Attributes:
        ahead: what the recurrence needs and no state goes into: the input's products.
        stepwise: the recurrence itself, one timestep after another.
    The others are computed for a whole window, when they are asked for.
    """

    ahead: tuple[Equation, ...]
    stepwise: tuple[Equation, ...]


def stages_of(cell: Cell) -> Stages:
    """Sort a cell's equations by when they run."""
    moving = _followers(cell, (state.name for state in cell.states))
    needed = _sources(cell, cell.carried.values())
    return Stages(
        tuple(e for e in cell.equations if e.name in needed and e.name not in moving),
        tuple(e for e in cell.equations if e.name in needed and e.name in moving),
    )


def _followers(cell: Cell, names: Iterable[str]) -> set[str]:
    """The names, and every value that depends on one of them."""
    found = set(names)
    for equation in cell.equations:
        if found.intersection(dependencies(equation.node)):
            found.add(equation.name)
    return found


def _sources(cell: Cell, names: Iterable[str]) -> set[str]:
    """The names, and every value that one of them depends on."""
    found = set(names)
    for equation in reversed(cell.equations):
        if equation.name in found:
            found.update(dependencies(equation.node))
    return found

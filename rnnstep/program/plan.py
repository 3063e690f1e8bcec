"""What follows from a cell's equations alone, worked out once for all layers that have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any
from weakref import WeakKeyDictionary

from rnnstep.cells import Cell
from rnnstep.equations import compile_node, dependencies
from rnnstep.program.packs import Pack, Packing
from rnnstep.program.stages import stages_of
from rnnstep.record import Record


class Plan(Record):
    """When and how a cell's equations run.

    Attributes:
        ahead: those that run ahead of the recurrence, in packs.
        stepwise: those of the recurrence, in packs.
        given: what the recurrence reads and does not make, in the order of its places.
        weights: those that the recurrence reads.
        computes: how each is made of what it reads.
    """

    ahead: tuple[Pack, ...]
    stepwise: tuple[Pack, ...]
    given: tuple[str, ...]
    weights: Set[str]
    computes: Mapping[str, Callable[..., Any]]


_plans: WeakKeyDictionary[Cell, Plan] = WeakKeyDictionary()


def plan_of(cell: Cell) -> Plan:
    """The plan of a cell."""
    plan = _plans.get(cell)
    if plan is None:
        plan = _plans[cell] = _planned(cell)
    return plan


def _planned(cell: Cell) -> Plan:
    stages = stages_of(cell)
    weights = [declaration.name for declaration in cell.weights]
    packing = Packing((*stages.ahead, *stages.stepwise), cell.shapes, weights)
    ahead = tuple(packing.packs(stages.ahead))
    stepwise = tuple(packing.packs(stages.stepwise))
    read = {name for equation in stages.stepwise for name in dependencies(equation.node)}
    # the products stand side by side as their packs do
    order = [*(e.name for pack in ahead for e in pack), *(d.name for d in cell.inputs)]
    return Plan(
        ahead,
        stepwise,
        tuple(name for name in order if name in read),
        read.intersection(weights),
        {e.name: compile_node(e.node, cell.shapes, cell.values) for e in cell.equations},
    )


def with_products(plan: Plan, cell: Cell) -> Plan:
    """The plan of a cell of which nothing runs ahead."""
    stepwise = plan.ahead + plan.stepwise
    equations = [equation for pack in stepwise for equation in pack]
    read = {name for equation in equations for name in dependencies(equation.node)}
    return plan.replaced(
        ahead=(),
        stepwise=stepwise,
        given=tuple(d.name for d in cell.inputs if d.name in read),
        weights=read.intersection(d.name for d in cell.weights),
    )

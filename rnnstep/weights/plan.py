"""A model as a file describes it, before it is built: what every reader ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rnnstep.equations import Array
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.record import Record


class Tensor(Record):
    """An array, and its name in the file."""

    name: str
    array: Array


class Plan(Record):
    """One layer, not built yet.

    Attributes:
        name: unique in its model.
        cell: a cell's name or file.
        weights: by the cell's names.
        options: functions for the cell's options, where the file says them.
        used: for each of the file's tensors that it takes, what it was read as.
        notes: what was inferred.
        reverse: whether it runs from the last timestep to the first.
        reads: what each input is; by default the output of the layer before.
        holds: whether it reads a mask as its last input, and holds its states at padding.
        changes: what the file has otherwise than the cell's listing, see ``cells/variants.py``.
        initial: the states before the first timestep by the cell's names, where the file has them.
    """

    name: str
    cell: str
    weights: Mapping[str, Array] = MappingProxyType({})
    options: Mapping[str, str] = MappingProxyType({})
    used: Mapping[str, str] = MappingProxyType({})
    notes: tuple[Note, ...] = ()
    reverse: bool = False
    reads: tuple[Link, ...] = ()
    holds: bool = False
    changes: tuple[Callable[[str], str], ...] = ()
    initial: Mapping[str, Array] = MappingProxyType({})


class Blueprint(Record):
    """A whole model, not built yet.

    Attributes:
        plans: the layers, each after those that it reads.
        notes: what was inferred about the model as a whole.
        shapes: the shapes that the file itself states, for a reader to learn from.
        left: layers that were found, and do not run with these.
    """

    plans: tuple[Plan, ...]
    notes: tuple[Note, ...] = ()
    shapes: Mapping[str, str] = MappingProxyType({})
    left: tuple[Plan, ...] = ()


def both_ways(
    name: str, forward: Plan, backward: Plan, merge: str = "Concat", last: bool = False
) -> tuple[Plan, Plan, Plan]:
    """A bidirectional layer: its two halves, and the layer that joins them.

    Args:
        name: of the whole; the halves are ``name/forward`` and ``name/backward``.
        forward: one half; its name is replaced.
        backward: the other.
        merge: ``Concat``, ``Sum``, ``Mul`` or ``Ave``.
        last: whether the layer gives only what its halves end with: the backward one at t = 0.
    """
    halves = (f"{name}/forward", f"{name}/backward")
    reads = (Link(halves[0]), Link(halves[1], final=last))
    return (
        forward.replaced(name=halves[0], reverse=False),
        backward.replaced(name=halves[1], reverse=True),
        Plan(name, f"Bidirectional{merge}", reads=reads),
    )

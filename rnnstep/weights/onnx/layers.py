"""The layers found on a walk: their names, what they read, and how several are joined."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstep.cells import load_cell
from rnnstep.layer import Link
from rnnstep.weights.onnx.values import Member, Signal
from rnnstep.weights.plan import Plan


class Layers:
    """The layers found so far.

    Attributes:
        plans: the layers by name, each after those that it reads.
        widths: how many numbers each of them gives.
        after: those that are recurrent or read one that is.
        entries: the graph's input that a layer reads as the sequence.
        times: the atoms that are time.
        joins: the layer that brings some members together.
        pairs: the two halves of each bidirectional node, by the name of the whole.
        wanted: layers that something reads which is no layer here: a node, or the graph's user.
        open: dense layers of which the nodes that follow may still become a part.
    """

    def __init__(self) -> None:
        self.plans: dict[str, Plan] = {}
        self.widths: dict[str, int] = {}
        self.after: set[str] = set()
        self.entries: dict[str, str] = {}
        self.times: set[str] = set()
        self.joins: dict[tuple[tuple[Member, ...], str], Member] = {}
        self.pairs: dict[str, tuple[Member, ...]] = {}
        self.wanted: set[str] = set()
        self.open: set[str] = set()
        self._taken: set[str] = set()

    def name(self, wanted: str) -> str:
        """A name that no layer has yet, made of ``wanted``."""
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name)
        return name

    def add(self, plan: Plan, width: int) -> Member:
        """Take a layer in; its name is free. What it gives."""
        self.plans[plan.name], self.widths[plan.name] = plan, width
        carries = load_cell(plan.cell).recurrent
        if carries or any(link.layer in self.after for link in plan.reads):
            self.after.add(plan.name)
        return Member(plan.name)

    def link(self, member: Member, reader: str) -> Link:
        """How the layer ``reader`` reads a value of a layer or the sequence."""
        if not member.layer:
            self.entries[reader] = member.value
            return Link()
        if member.moment in ("", "last"):
            # what is read at the last timestep is what the layer has there
            return Link(member.layer, member.value)
        first = member.moment.endswith("first")
        if self.plans[member.layer].reverse == first:
            return Link(member.layer, member.value, final=True)
        # a layer that runs the other way ends where this one does not
        plan = Plan(
            self.name(f"{member.layer}/{'first' if first else 'last'}"),
            "Activation",
            options={"activation": "linear"},
            reverse=first,
            reads=(Link(member.layer, member.value),),
        )
        self.add(plan, self.widths[member.layer])
        return Link(plan.name, final=True)

    def source(self, signal: Signal) -> Member:
        """The one value that a signal is, its members brought together if it has several."""
        return self.join(signal.members, "Concat", sum(signal.widths))

    def join(self, members: tuple[Member, ...], merge: str, width: int) -> Member:
        """The members as one value: one behind the other, or their sum, product or mean."""
        if len(members) == 1:
            return members[0]
        if (members, merge) not in self.joins:
            *first, last = members
            left = self.join(tuple(first), merge, width)
            whole = next((name for name, pair in self.pairs.items() if pair == members), "")
            free = whole and whole not in self.plans
            base = last.layer.removesuffix("/backward") or "sequence"
            name = whole if free else self.name(f"{base}/{merge.lower()}")
            reads = (self.link(left, name), self.link(last, name))
            made = self.add(Plan(name, f"Bidirectional{merge}", reads=reads), width)
            moment = "last" if any(member.moment for member in members) else ""
            self.joins[members, merge] = made._replace(moment=moment)
        return self.joins[members, merge]

    def is_time(self, axis: Sequence[str]) -> bool:
        """Whether an axis is known to be time."""
        return any(atom in self.times for atom in axis)

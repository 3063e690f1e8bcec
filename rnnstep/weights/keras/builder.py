"""What the layers of a Keras model become: plans in order, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.cells import load_cell
from rnnstep.errors import InputError
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.keras.parts import Shape, shape_text
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.plan import Plan
from rnnstep.weights.remarks import some
from rnnstep.weights.request import Request

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass
class Builder:
    """Gathers plans.

    Attributes:
        path: the file.
        request: what the user said.
        version: of the Keras that wrote the file; empty for the first, which does not say it.
        plans: so far.
        shapes: what goes into each layer and comes out, as Keras states it.
        notes: on the model as a whole.
        before: layers that are not run although a recurrent layer comes after them.
        after: the others that are not run.
        carrying: the names of the recurrent ones among the plans.
        reading: the first that reads the sequence in place of layers that are not run.
        first: the recurrent layer whose cell the user may name.
        dtype: of layers without weights.
        described: whether the layers are those that a config lists.
        joined: tensors that were made of several of the file's, see :mod:`.named`.
    """

    path: Path
    request: Request
    version: str = ""
    plans: list[Plan] = field(default_factory=list)
    shapes: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    carrying: set[str] = field(default_factory=set)
    reading: str = ""
    first: str = ""
    joined: dict[str, dict[str, str]] = field(default_factory=dict)
    dtype: npt.DTypeLike = np.float32
    described: bool = True

    @property
    def major(self) -> int:
        """The first number of the version."""
        first = self.version.split(".")[0]
        return int(first) if first.isdecimal() and len(first) < 3 else 1

    def add(self, plan: Plan, signal: Signal, shape: Shape | None = None) -> Link:
        """Take a layer that reads ``signal`` and gives something of this shape."""
        names = {known.name for known in self.plans}
        name, count = plan.name, 1
        while name in names:
            count += 1
            name = f"{plan.name}_{count}"
        plan = plan.replaced(name=name)
        if signal.shape and shape:
            self.shapes[name] = f"{shape_text(signal.shape)} → {shape_text(shape)}"
        if signal.stands_in and not self.reading:
            self.reading = name
        if load_cell(plan.cell).recurrent:
            self.carrying.add(name)
        self.plans.append(plan)
        return Link(name)

    def unique(self, name: str) -> str:
        """A name for a layer of several plans that none of them has yet."""
        taken = {plan.name for plan in self.plans}
        count, own = 1, name
        while any(known == own or known.startswith(f"{own}/") for known in taken):
            count += 1
            own = f"{name}_{count}"
        return own

    def leave_out(self, layer: KerasLayer, why: str, inputs: Sequence[Signal]) -> None:
        """Say that a layer is not run."""
        told = f"{layer.kind} '{layer.place}'{f' ({why})' if why else ''}"
        late = any(signal.recurrent or signal.missing for signal in inputs)
        (self.after if late else self.before).append(told)

    def finish(self, outputs: Sequence[Signal]) -> tuple[Plan, ...]:
        """The plans that are worth running, that of the last output at the end.

        Raises:
            InputError: none is.
        """
        given = [signal.link.layer for signal in outputs if not signal.missing]
        kept: list[Plan] = []
        wanted = set(given)
        late = self._after_recurrent()
        for plan in reversed(self.plans):
            if plan.name in wanted or plan.name in late:
                wanted |= {link.layer for link in plan.reads}
                kept.insert(0, plan)
        if not kept:
            told = some([*self.before, *self.after]) or "it has no layers"
            raise InputError(f"{self.path}: no layer that rnnstep runs; not run: {told}")
        self._tell(kept)
        return tuple(_output_last(kept, given))

    def _after_recurrent(self) -> set[str]:
        late: set[str] = set()
        for plan in self.plans:
            if plan.name in self.carrying or any(link.layer in late for link in plan.reads):
                late.add(plan.name)
        return late

    def _tell(self, kept: Sequence[Plan]) -> None:
        names = {plan.name for plan in kept}
        dropped = [f"{p.cell} '{p.name}'" for p in self.plans if p.name not in names]
        if self.before and self.reading in names:
            told = some([*dropped, *self.before])
            text = f"not run: {told}; '{self.reading}' reads the sequence in their place"
            self.notes.append(Note(text, warning=True))
        elif self.before or dropped:
            self.notes.append(Note(f"not run: {some([*dropped, *self.before])}", warning=True))
        if self.after:
            self.notes.append(Note(f"not run: {some(self.after)}", warning=True))


def _output_last(plans: list[Plan], given: Sequence[str]) -> list[Plan]:
    read = {link.layer for plan in plans for link in plan.reads}
    last = [plan for plan in plans if plan.name in given[-1:] and plan.name not in read]
    return [plan for plan in plans if plan not in last] + last

"""What is known of each name in a graph before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rnnstep.equations import Array

Axis = tuple[str, ...]
"""The atoms of one axis, the slowest first: two where a reshape merged them, none where the
axis has the length one."""

STACK, FEATURES = "D", "F"
"""The atoms of the axis along which several layers' outputs lie, and of each one's numbers.
The axes of a graph's input are atoms with numbers for names."""

ANY_INPUT = "?"
"""The input that stands for what layers that are not run would have given."""


class Member(NamedTuple):
    """A value of a layer.

    Attributes:
        layer: its name; empty for the sequence.
        value: which of its values; empty for its output. Of the sequence, the graph's input.
        moment: empty for one at every timestep; else ``last`` or ``first`` in real time; those
            two at every timestep are ``always`` and ``always first``.
    """

    layer: str
    value: str = ""
    moment: str = ""


@dataclass(frozen=True)
class Const:
    """Numbers that the file holds, and the names of the tensors they come from."""

    array: Array
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extent:
    """Lengths of axes, as far as they are known; ``None`` if not even how many there are."""

    lengths: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Signal:
    """Outputs of layers, or the sequence.

    Attributes:
        members: what it is made of; several lie along the atom STACK.
        axes: of the array that the graph has there.
        widths: how many numbers each member has at a timestep; 0 if that is not known.
        sizes: the lengths of atoms, where known.
        backwards: whether its time axis begins with the last timestep.
    """

    members: tuple[Member, ...]
    axes: tuple[Axis, ...]
    widths: tuple[int, ...] = (0,)
    sizes: Mapping[str, int] = field(default_factory=dict)
    backwards: bool = False

    def size(self, axis: Axis) -> int | None:
        """The length of an axis, if it is known."""
        total = 1
        stack = STACK in axis
        for atom in axis:
            if atom == STACK:
                count = sum(self.widths) if FEATURES in axis else len(self.members)
            elif atom == FEATURES and stack:
                continue
            else:
                count = self.widths[0] if atom == FEATURES else self.sizes.get(atom, 0)
            if not count:
                return None
            total *= count
        return total

    @property
    def whole(self) -> bool:
        """Whether no axis lies along several layers, but for their features."""
        return all(FEATURES in axis for axis in self.axes if STACK in axis)


@dataclass(frozen=True)
class Other:
    """What cannot be followed.

    Attributes:
        recurrent: whether a recurrent layer comes before it.
        nodes: the first nodes on the way to it that could not be followed.
        outside: the graph's input that it is, if it is one.
    """

    recurrent: bool = False
    nodes: tuple[str, ...] = ()
    outside: str = ""


Value = Const | Extent | Signal | Other

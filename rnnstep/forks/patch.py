"""What an edit makes of a value: one small expression, for an array and for a cell's line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array, compile_node
from rnnstep.equations.nodes import Binary, Call, Name, Node, Range
from rnnstep.forks.edit import Edit, Operation

Key = tuple[int | slice, ...]
"""Which entries of an array."""


def key_of(edit: Edit) -> Key:
    """The entries that an edit is about, as numpy takes them."""
    return tuple(slice(i.start, i.stop) if isinstance(i, Range) else i for i in edit.items)


@dataclass(frozen=True, eq=False)
class Patch:
    """The operation of an edit on the entries of one value.

    Attributes:
        operation: what is done.
        constants: what it reads beside the value, each of the value's shape, by the ending of
            its name.
        text: the edit, as it is typed.
    """

    operation: Operation
    constants: dict[str, Array]
    text: str = ""

    @classmethod
    def of(cls, edit: Edit, shape: tuple[int, ...], key: Key, given: Array | None = None) -> Patch:
        """The patch for a value of a shape.

        Args:
            edit: whose.
            shape: of the value at one timestep.
            key: which of its entries.
            given: what is swapped in, of the shape of the entries.
        """
        picked = np.zeros(shape)[key].shape
        if edit.operation is Operation.SCALE:
            factors = _with(np.ones(shape), key, edit.numbers[0])
            return cls(edit.operation, {"scale": factors}, str(edit))
        if edit.operation is Operation.NOISE:
            drawn = np.random.default_rng(edit.seed).normal(0.0, abs(edit.numbers[0]), picked)
            return cls(edit.operation, {"noise": _with(np.zeros(shape), key, drawn)}, str(edit))
        entries = np.asarray(edit.numbers) if given is None else given
        # one number is for every entry
        entries = entries.reshape(picked) if entries.size != 1 else entries.reshape(())
        at, to = _with(np.zeros(shape), key, 1.0), _with(np.zeros(shape), key, entries)
        return cls(Operation.SET, {"at": at, "set": to}, str(edit))

    def node(self, value: Node, names: dict[str, str]) -> Node:
        """The expression, of a value and the names of the constants."""
        if self.operation is Operation.SCALE:
            return Binary("*", value, Name(names["scale"]))
        if self.operation is Operation.NOISE:
            return Binary("+", value, Name(names["noise"]))
        # the value stays in it, so that a state goes on to depend on the state before
        return Call("where", (Name(names["at"]), Name(names["set"]), value))

    def array(self, value: Array) -> Array:
        """The expression's value, in the value's dtype, or float32 if that holds whole numbers."""
        dtype = value.dtype if value.dtype.kind == "f" else np.dtype(np.float32)
        names = {ending: ending for ending in self.constants}
        node = self.node(Name("value"), names)
        shapes = {name: a.shape for name, a in self.constants.items()} | {"value": value.shape}
        with np.errstate(all="ignore"):
            read = {name: array.astype(dtype) for name, array in self.constants.items()}
            found = compile_node(node, shapes)({**read, "value": value.astype(dtype)})
        return np.array(found, dtype)


def _with(array: Array, key: Key, entries: Array | float) -> Array:
    array[key] = entries
    return array

"""What a recurrent node starts from, and how much of the sequence it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.onnx.dense import used
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import Const, Extent, Member, Signal, Value
from rnnstep.weights.plan import Plan

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

MASK = "m_t"


def initial_states(
    walk: Walk, node: Node, values: Sequence[Value | None], way: int, ways: int, hidden: int
) -> tuple[dict[str, Array], list[Note]]:
    """The states of one direction that the file has, and what is said about them."""
    names = {"h_prev": values[5]}
    if node.op == "LSTM":
        names["c_prev"] = values[6]
    states, notes = {}, []
    for name, value in names.items():
        if isinstance(value, Const):
            for source in value.sources:
                walk.glue.setdefault(source, f"initial {name.removesuffix('_prev')}")
            state, same = _state(walk, node, value, way, ways, hidden)
            if state.any():
                states[name] = state
                notes.append(Note(f"{name} starts from what the file has", "--state"))
            if not same:
                told = f"{name}: the file has one for each sample, the first is taken"
                notes.append(Note(told, "--state", warning=True))
        elif value is not None:
            notes.append(
                Note(f"{name} {_whence(value)}; here it starts from zeros", "--state", True)
            )
    return states, notes


def _whence(value: Value) -> str:
    if isinstance(value, Signal) and value.members[0].layer:
        return f"starts from what '{value.members[0].layer}' ends with"
    if isinstance(value, Signal):
        return f"is an input of the graph, '{value.members[0].value}'"
    return "is computed by the graph"


def _state(
    walk: Walk, node: Node, value: Const, way: int, ways: int, hidden: int
) -> tuple[Array, bool]:
    """One direction's state, and whether all samples of the batch have the same."""
    array = value.array
    if node.of("layout", int, 0) and array.ndim == 3:
        array = array.swapaxes(0, 1)
    fits = array.ndim == 0 or (
        array.ndim <= 3
        and array.shape[-1] in (1, hidden)
        and (array.ndim < 3 or (array.shape[0] in (1, ways) and array.shape[1] > 0))
    )
    if not fits or array.dtype.kind != "f":
        told = f"an initial state has shape {value.array.shape}, not ({ways}, batch, {hidden})"
        raise InputError(f"{walk.path}: {node.label}: {told}")
    batch = array.shape[-2] if array.ndim > 1 else 1
    rows = np.broadcast_to(array, (ways, batch, hidden))[way]
    return np.array(rows[0]), bool((rows == rows[0]).all() or batch == 1)


@dataclass(frozen=True)
class Padding:
    """What lies behind the length that a file gives the sequence.

    Attributes:
        layer: marks the timesteps within that length.
    """

    layer: str

    @property
    def mask(self) -> Link:
        """What a layer that holds its states at padding reads."""
        return Link(self.layer, MASK)

    def cut(self, walk: Walk, name: str, width: int) -> Member:
        """What a layer gives, with zeros at padding as ONNX has them."""
        reads = (Link(name), self.mask)
        return walk.add(Plan(walk.name(f"{name}/cut"), "Cut", reads=reads), width)


def padding(
    walk: Walk, node: Node, value: Value | None, source: Member, base: str, steps: int | None
) -> Padding | None:
    """What ``sequence_lens`` says, if it says that less than the whole sequence is read."""
    if value is None or isinstance(value, Extent):
        return None
    if not isinstance(value, Const):
        told = f"{node.label}: sequence_lens is given from outside; every timestep is read"
        walk.notes.append(Note(told, "", True))
        return None
    lengths = sorted({int(length) for length in value.array.ravel()})
    for name in value.sources:
        walk.glue.setdefault(name, "sequence_lens")
    if len(lengths) != 1 or lengths[0] < 0:
        told = f"{node.label}: sequence_lens is {lengths[:6]}; every timestep is read"
        walk.notes.append(Note(told, "", True))
        return None
    if lengths[0] == steps:
        return None
    told = f"sequence_lens: {lengths[0]} timesteps are read, the states are held after them"
    walk.notes.append(Note(f"{node.label}: {told}", "", True))
    name = walk.name(f"{base}/length")
    weights = {"length": np.array(lengths[0], np.float32)}
    roles = used(value, "length")
    plan = Plan(name, "SequenceLength", weights, {}, roles, reads=(walk.link(source, name),))
    walk.add(plan, 0)
    return Padding(name)

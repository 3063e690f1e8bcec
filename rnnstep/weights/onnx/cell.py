"""A recurrent node's weights and functions: which cell it is, and how it differs from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.cells.variants import clipped, coupled, read_with, spelled
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.conventions import (
    INPUT_BIAS,
    KERNEL,
    ONNX,
    ONNX_PEEPHOLES,
    RECURRENT,
    RECURRENT_BIAS,
)
from rnnstep.weights.onnx.activations import Function, number, read_activations
from rnnstep.weights.onnx.dense import used
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import Const, Value
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.stacked import framework_plan

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
_FUNCTIONS = {"RNN": ("Tanh",), "GRU": ("Sigmoid", "Tanh"), "LSTM": ("Sigmoid", "Tanh", "Tanh")}


@dataclass(frozen=True)
class Weights:
    """A node's constants, each with the directions along its first axis."""

    kernel: Const
    recurrent: Const
    bias: Const | None
    peepholes: Const | None

    @property
    def hidden(self) -> int:
        """How many units the layer has."""
        return int(self.recurrent.array.shape[2])


def node_weights(node: Node, values: Sequence[Value | None], ways: int) -> Weights:
    """The constants of a node, each of the shape that the operator has them in."""
    stack = _GATES[node.op]
    recurrent = _constant(node, values[2], "R (recurrent weights)")
    kernel = _constant(node, values[1], "W (weights)")
    hidden = recurrent.array.shape[-1] if recurrent.array.ndim else 0
    features = kernel.array.shape[-1] if kernel.array.ndim else 0
    said = node.of("hidden_size", int, hidden)
    if said != hidden:
        raise refused(node, f"hidden_size is {said}, but R has {hidden} columns")
    bias = None if values[3] is None else _constant(node, values[3], "B (bias)")
    peep = values[7] if node.op == "LSTM" else None
    peepholes = None if peep is None else _constant(node, peep, "P (peepholes)")
    expected = {
        "W": (kernel, (ways, stack * hidden, features)),
        "R": (recurrent, (ways, stack * hidden, hidden)),
        "B": (bias, (ways, 2 * stack * hidden)),
        "P": (peepholes, (ways, 3 * hidden)),
    }
    for name, (constant, shape) in expected.items():
        if constant is not None and (constant.array.shape != shape or 0 in shape):
            told = f"its {name} has shape {constant.array.shape}, not {shape}"
            raise refused(node, told)
    return Weights(kernel, recurrent, bias, peepholes)


def _constant(node: Node, value: Value | None, what: str) -> Const:
    if not isinstance(value, Const) or value.array.dtype.kind != "f":
        raise refused(node, f"its {what} is no constant of real numbers in the file")
    return value


def half_plan(walk: Walk, node: Node, weights: Weights, way: int) -> Plan:
    """One direction of a node, without a name."""
    stacked = _GATES[node.op] * weights.hidden
    roles = {
        KERNEL: _tensor(weights.kernel, weights.kernel.array[way]),
        RECURRENT: _tensor(weights.recurrent, weights.recurrent.array[way]),
    }
    if weights.bias is not None:
        rows = weights.bias.array[way]
        roles[INPUT_BIAS] = _tensor(weights.bias, rows[:stacked])
        roles[RECURRENT_BIAS] = _tensor(weights.bias, rows[stacked:])
    cell = _cell(node, weights)
    request = walk.request
    plan = framework_plan(ONNX, roles, request, walk.path, f"an ONNX {node.op}", cell)
    if plan is None:
        raise refused(node, "its R is no stack of gates")
    arrays = dict(plan.weights)
    if weights.peepholes is not None and plan.cell == "LSTMPeephole":
        parts = np.split(weights.peepholes.array[way], len(ONNX_PEEPHOLES))
        arrays |= {f"p_{gate}": part for gate, part in zip(ONNX_PEEPHOLES, parts, strict=True)}
    functions = read_activations(node, _FUNCTIONS[node.op], len(weights.kernel.array))
    count = len(_FUNCTIONS[node.op])
    options, changes = _functions(walk, functions[way * count : (way + 1) * count])
    more, notes = _attributes(node)
    if coupled in more:
        arrays = {name: w for name, w in arrays.items() if not name.endswith("_f")}
    told = f"{plan.cell}, an ONNX {node.op} ({', '.join(_said(node)) or 'no options'})"
    return plan.replaced(
        weights=arrays,
        options=options,
        used=_used(node, weights),
        notes=(Note(told, "--cell"), *plan.notes, *notes),
        changes=(*changes, *more),
    )


def _cell(node: Node, weights: Weights) -> str:
    if node.op == "GRU":
        return "GRU" if node.of("linear_before_reset", int, 0) else "GRUResetBefore"
    if node.op == "LSTM":
        return "LSTMPeephole" if weights.peepholes is not None else "LSTM"
    return "SimpleRNN"


def _tensor(constant: Const, array: Array) -> Tensor:
    return Tensor(next(iter(constant.sources), ""), array)


def _said(node: Node) -> list[str]:
    """The attributes that say how the node computes, as text."""
    said = [node.text("direction", "forward")]
    if node.op == "GRU":
        said.append(f"linear_before_reset {node.of('linear_before_reset', int, 0)}")
    return said


def _used(node: Node, weights: Weights) -> dict[str, str]:
    gates = ", ".join(filter(None, ONNX.gates[_GATES[node.op]])) or "the cell"
    roles = used(weights.kernel, f"{KERNEL} of {gates}")
    roles |= used(weights.recurrent, f"{RECURRENT} of {gates}")
    if weights.bias is not None:
        roles |= used(weights.bias, f"{INPUT_BIAS}, then {RECURRENT_BIAS}, of {gates}")
    if weights.peepholes is not None:
        roles |= used(weights.peepholes, f"p of {', '.join(ONNX_PEEPHOLES)}")
    return roles


def _functions(
    walk: Walk, functions: Sequence[Function]
) -> tuple[dict[str, str], list[Callable[[str], str]]]:
    """The cell's options, and what is written out where a function has no name of its own.

    Args:
        walk: knows what the user said instead.
        functions: f of an RNN; f, g of a GRU; f, g, h of an LSTM.
    """
    by_option = {"activation": functions[1 if len(functions) > 1 else 0]}
    if len(functions) > 1:
        by_option["recurrent_activation"] = functions[0]
    options: dict[str, str] = {}
    changes: list[Callable[[str], str]] = []
    other = len(functions) > 2 and functions[2] != functions[1]
    if other and "activation" not in walk.request.options:
        formula = functions[2].of("{x}")
        changes.append(partial(read_with, option="activation", formula=formula))
    for option, function in by_option.items():
        if function.name:
            options[option] = function.name
        elif option not in walk.request.options:
            changes.append(partial(spelled, option=option, formula=function.formula))
    return options, changes


def _attributes(node: Node) -> tuple[list[Callable[[str], str]], list[Note]]:
    """The changes that clip and input_forget make to the listing."""
    changes: list[Callable[[str], str]] = []
    notes = []
    limit = node.of("clip", float, 0.0)
    if limit:
        if not 0 < limit < np.inf:
            raise refused(node, f"its clip is {limit}, not a positive number")
        changes.append(partial(clipped, limit=number(limit)))
        notes.append(Note(f"pre-activations cut to -{number(limit)}…{number(limit)} (clip)"))
    if node.op == "LSTM" and node.of("input_forget", int, 0):
        changes.append(coupled)
        notes.append(Note("forget gate 1 - i_t (input_forget); its own weights are not used"))
    return changes, notes


def refused(node: Node, told: str) -> InputError:
    """What cannot be read about a node, in one line."""
    return InputError(f"{node.label}: {told}")

"""What each kind of torch.nn layer is here: from its settings and parameters to plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.notes import Note
from rnnstep.weights.conventions import PYTORCH
from rnnstep.weights.order import Bundle
from rnnstep.weights.plan import Plan, Tensor, both_ways
from rnnstep.weights.request import Request
from rnnstep.weights.stacked import framework_plan
from rnnstep.weights.torch.load import as_array

STACKS = ("RNN", "GRU", "LSTM")
CELLS = ("RNNCell", "GRUCell", "LSTMCell")
_ACTIVATIONS = {"Tanh": "tanh", "ReLU": "relu", "Sigmoid": "sigmoid", "Softmax": "softmax"}
_NORMS = {"LayerNorm": "LayerNorm", "BatchNorm1d": "BatchNorm"}
_PARAMETERS = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True, eq=False)
class Part:
    """One layer of a module.

    Attributes:
        name: its path in the module.
        kind: its class in torch.nn.
        module: the layer.
        runs: whether it is known to run right after the one before: in a Sequential.
        torch: the library.
    """

    name: str
    kind: str
    module: Any
    runs: bool
    torch: Any

    @cached_property
    def tensors(self) -> dict[str, Array]:
        """Its parameters and buffers by name, as it uses them: parametrizations are applied."""
        names = list(_PARAMETERS)
        if self.kind in STACKS:
            names = [n for group in self.module._all_weights for n in group]
        elif self.kind in CELLS:
            names = list(PYTORCH.names.values())
        held: dict[str, Any] = {n: getattr(self.module, n, None) for n in names}
        return {
            f"{self.name}.{n}": as_array(self.torch, t.detach().clone(), f"{self.name}.{n}")
            for n, t in held.items()
            if self.torch.is_tensor(t)
        }

    def tensor(self, name: str) -> Tensor | None:
        """One of them; ``None`` if it has none of this name."""
        full = f"{self.name}.{name}"
        return Tensor(full, self.tensors[full]) if full in self.tensors else None


def layers_of(part: Part, request: Request) -> tuple[list[Bundle], list[Note]]:
    """The layers that a module is, and what is said about it."""
    kind, module = part.kind, part.module
    if kind in STACKS:
        return _stack(part, request)
    if kind in CELLS:
        return [[_recurrent(part, part.name, "", request)]], []
    if kind == "Linear":
        return [[_plain(part, "Dense", {"weight": "W", "bias": "b"})]], []
    if kind == "Embedding":
        return [[_plain(part, "Embedding", {"weight": "E"})]], []
    if kind in _NORMS and (kind != "LayerNorm" or len(module.normalized_shape) == 1):
        return [[_norm(part)]], []
    if kind in _ACTIVATIONS and part.runs:
        plan = Plan(part.name, "Activation", {}, {"activation": _ACTIVATIONS[kind]})
        return [[plan]], []
    if kind.startswith("Dropout"):
        return [], [Note(f"{part.name}: {kind} changes nothing in evaluation")]
    if kind == "Identity":
        return [], []
    return [], [Note(f"{part.name}: {kind} is not run", warning=True)]


def _stack(part: Part, request: Request) -> tuple[list[Bundle], list[Note]]:
    module = part.module
    bundles: list[Bundle] = []
    for depth in range(module.num_layers):
        name = f"{part.name}_l{depth}" if module.num_layers > 1 else part.name
        plan = _recurrent(part, name, f"_l{depth}", request)
        if module.bidirectional:
            other = _recurrent(part, name, f"_l{depth}_reverse", request)
            bundles.append(both_ways(name, plan, other))
        else:
            bundles.append((plan,))
    notes = []
    if module.dropout and module.num_layers > 1:
        told = f"{part.name}: dropout {module.dropout:g} between its layers is not applied"
        notes.append(Note(f"{told}, as in evaluation", warning=bool(module.training)))
    return bundles, notes


def _recurrent(part: Part, name: str, ending: str, request: Request) -> Plan:
    roles = {
        role: tensor
        for role, own in PYTORCH.names.items()
        if (tensor := part.tensor(f"{own}{ending}")) is not None
    }
    plan = framework_plan(PYTORCH, roles, request, part.name, f"torch.nn.{part.kind}")
    # the kernels of these classes are stacks of gates by construction
    assert plan is not None
    if part.kind.startswith("RNN"):
        options = {"activation": part.module.nonlinearity}
    else:
        options = {"activation": "tanh", "recurrent_activation": "sigmoid"}
    return plan.replaced(name=name, options=options, notes=(Note(f"torch.nn.{part.kind}"),))


def _plain(part: Part, cell: str, names: dict[str, str]) -> Plan:
    found = {own: t for name, own in names.items() if (t := part.tensor(name)) is not None}
    weights = {own: tensor.array for own, tensor in found.items()}
    options = {"activation": "linear"} if cell == "Dense" else {}
    used = {tensor.name: own for own, tensor in found.items()}
    return Plan(part.name, cell, weights, options, used, (Note(f"torch.nn.{part.kind}"),))


def _norm(part: Part) -> Plan:
    names = dict(zip(_PARAMETERS, ("gamma", "beta", "mean_of", "variance"), strict=True))
    plan = _plain(part, _NORMS[part.kind], names)
    epsilon = np.array(part.module.eps, np.float32)
    return plan.replaced(weights={**plan.weights, "epsilon": epsilon}, options={})

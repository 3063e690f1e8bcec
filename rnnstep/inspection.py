"""What is in a weight file: every tensor accounted for, and what is worth a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer
from rnnstep.weights import Loaded
from rnnstep.weights.remarks import not_finite

SATURATED = 5.0
"""The pre-activation at which tanh is within 0.0001 of its end."""

_LARGEST_COMPARED = 50_000_000


@dataclass(frozen=True)
class TensorFacts:
    """One array of a file.

    Attributes:
        name: in the file.
        shape: its axes' lengths.
        dtype: as the file has it.
        layer: the layer that takes it; empty if none does.
        role: what it is there.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    layer: str = ""
    role: str = ""

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return int(np.prod(self.shape, dtype=int))


@dataclass(frozen=True)
class LayerFacts:
    """One layer of a file.

    Attributes:
        name: as the file calls it.
        summary: ``GRU 256→256 tanh sigmoid``.
        shapes: what goes in and comes out, for a learner.
        numbers: its numbers, and how they add up.
        tensors: what it is made of.
    """

    name: str
    summary: str
    shapes: str
    numbers: str
    tensors: tuple[TensorFacts, ...]


@dataclass(frozen=True)
class Inspection:
    """A weight file, told.

    Attributes:
        path: the file.
        layers: in the order in which they run.
        unused: the tensors that no layer takes.
        inferred: what was inferred, with the flags that say otherwise.
        findings: what is worth a look.
    """

    path: str
    layers: tuple[LayerFacts, ...]
    unused: tuple[TensorFacts, ...]
    inferred: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many numbers the file has."""
        used = {tensor.name: tensor.count for layer in self.layers for tensor in layer.tensors}
        return sum(used.values()) + sum(tensor.count for tensor in self.unused)


def inspect_weights(loaded: Loaded) -> Inspection:
    """Account for every tensor of a weight file."""
    layers = []
    for plan, layer in zip(loaded.blueprint.plans, loaded.model.layers, strict=True):
        tensors = tuple(
            _facts(name, loaded.file.tensors[name], plan.name, role)
            for name, role in plan.used.items()
            # what a graph computes from constants is no tensor of the file
            if name in loaded.file.tensors
        )
        stated = loaded.blueprint.shapes.get(plan.name, "")
        told = f"{stated}: {_narrated(stated, layer)}" if "→" in stated else stated
        shapes = told or _shapes(layer)
        layers.append(LayerFacts(plan.name, layer.summary, shapes, _numbers(layer), tensors))
    unused = tuple(_facts(name, loaded.file.tensors[name]) for name in loaded.unused)
    findings = (
        *map(str, not_finite(loaded.file.tensors)),
        *_findings(loaded.model.layers),
        *_duplicates(loaded.file.tensors),
    )
    inferred = tuple(map(str, loaded.inferred))
    return Inspection(str(loaded.file.path), tuple(layers), unused, inferred, findings)


def _facts(name: str, array: Array, layer: str = "", role: str = "") -> TensorFacts:
    return TensorFacts(name, array.shape, str(array.dtype), layer, role)


def _shapes(layer: Layer) -> str:
    """What one sequence is before and after the layer."""
    takes, gives = layer.input_size or "any", layer.output_size
    after = f"(batch, timesteps, {gives})"
    last = f", its last timestep (batch, {gives})" if layer.cell.recurrent else ""
    before = f"(batch, timesteps, {takes})" if layer.cell.input.shape else "(batch, timesteps)"
    return f"{before} → {after}{last}"


def _narrated(shapes: str, layer: Layer) -> str:
    """``batch, 250 timesteps, 32 features; 100 units, of the last timestep alone``."""
    before, after = (side.strip(" ()").split(", ") for side in shapes.split("→", 1))
    taken = {3: "batch, {1} timesteps, {2} features", 2: "batch, {1} numbers"}
    read = taken.get(len(before), "as it is").format(*before).replace("None timesteps", "timesteps")
    made = f"{after[-1]} {'units' if layer.cell.recurrent else 'numbers'}"
    if len(before) == len(after):
        return f"{read}; {made}"
    return f"{read}; {made}, of the last timestep alone"


def _numbers(layer: Layer) -> str:
    """``13,300 numbers = 100·32 + 100·100 + 100``."""
    if not layer.weights:
        return "no weights"
    counted = Counter(weight.shape for weight in layer.weights.values())
    terms = [
        (f"{count}·" if count > 1 else "") + ("·".join(map(str, shape)) or "1")
        for shape, count in counted.items()
    ]
    total = sum(weight.size for weight in layer.weights.values())
    return f"{total:,} numbers = {' + '.join(terms)}"


def _findings(layers: tuple[Layer, ...]) -> Iterator[str]:
    for layer in layers:
        biases = [n for n, w in layer.weights.items() if w.ndim == 1 and n.startswith("b")]
        zero = [name for name in biases if not layer.weights[name].any()]
        if zero:
            yield f"{layer.name}: {', '.join(zero)} all zero: mistakes with biases cannot show"
        for name, weight in layer.weights.items():
            if weight.size > 1 and weight.any() and (weight == weight.flat[0]).all():
                yield f"{layer.name}: {name} is {weight.flat[0]:g} everywhere"
            if name.startswith("Wh") and weight.ndim == 2:
                yield from _saturating(layer, name)


def _saturating(layer: Layer, name: str) -> Iterator[str]:
    """Units that a hidden state of length 1 can drive to the ends of their activation."""
    reach = np.linalg.norm(layer.weights[name], axis=1)
    bias = layer.weights.get(name.replace("Wh", "b", 1))
    reach = reach + np.abs(bias) if bias is not None else reach
    count = int((reach > SATURATED).sum())
    if count:
        told = f"{count} of {len(reach)} units of {name} are prone to saturation"
        yield f"{layer.name}: {told} (‖row of {name}‖ + |b| > {SATURATED:g})"


def _duplicates(tensors: Mapping[str, Array]) -> Iterator[str]:
    """Tensors with the same numbers: one may have been saved in place of the other."""
    seen: dict[tuple[tuple[int, ...], bytes], str] = {}
    for name, array in tensors.items():
        if 1 < array.size <= _LARGEST_COMPARED and array.any():
            first = seen.setdefault((array.shape, np.ascontiguousarray(array).tobytes()), name)
            if first != name:
                yield f"'{name}' has exactly the numbers of '{first}'"

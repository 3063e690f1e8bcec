"""Layers without memory by their tensors' names: dense, embedding, normalisation."""

from __future__ import annotations

import re

import numpy as np

from rnnstep.notes import Note
from rnnstep.weights.groups import Group
from rnnstep.weights.plan import Plan

COUNTER = "num_batches_tracked"
"""How many batches PyTorch's normalisation has seen in training."""


def dense(group: Group) -> Plan | None:
    """A dense layer under a framework's names, or those that people give it."""
    names = {name.lower(): name for name in group.tensors}
    kernel = next((names[n] for n in ("weight", "kernel", "w") if n in names), "")
    bias = next((names[n] for n in ("bias", "b") if n in names), "")
    if not kernel or len(names) != 1 + bool(bias) or group.tensors[kernel].array.ndim != 2:
        return None
    tensor = group.tensors[kernel]
    keras = kernel.lower() == "kernel"
    if kernel.lower() == "w" and bias:
        # a bias is as long as the output: Haiku's w is (input, output)
        outputs = group.tensors[bias].array.size
        keras = tensor.array.shape[1] == outputs != tensor.array.shape[0] and kernel == "w"
    weights = {"W": tensor.array.T if keras else tensor.array}
    used = {tensor.name: "W"}
    if bias:
        weights["b"] = group.tensors[bias].array
        used[group.tensors[bias].name] = "b"
    told = (
        f"{'Haiku' if kernel == 'w' else 'Keras'} names (input, output)"
        if keras
        else "PyTorch names (output, input)"
    )
    return Plan("", "Dense", weights, {}, used, (Note(f"Dense, from {told}"),))


def embedding(group: Group) -> Plan | None:
    """A table that is called an embedding."""
    for name, tensor in group.tensors.items():
        said = "embeddings" in name.lower() or "emb" in f"{group.name}/{name}".lower()
        if said and len(group.tensors) == 1 and tensor.array.ndim == 2:
            return Plan("", "Embedding", {"E": tensor.array}, {}, {tensor.name: "E"})
    return None


def norm(group: Group) -> Plan | None:
    """Layer or batch normalisation under PyTorch's names or Keras'."""
    names = {
        "weight": "gamma",
        "gamma": "gamma",
        "bias": "beta",
        "beta": "beta",
        "running_mean": "mean_of",
        "moving_mean": "mean_of",
        "running_var": "variance",
        "moving_variance": "variance",
    }
    tensors = {k: v for k, v in group.tensors.items() if k != COUNTER}
    known = {names[name]: tensor for name, tensor in tensors.items() if name in names}
    flat = all(tensor.array.ndim == 1 for tensor in known.values())
    batch = {"mean_of", "variance"} <= known.keys()
    if not (batch or "gamma" in known) or not flat or len(known) < len(tensors):
        return None
    if tensors.keys() == {"weight"} and not re.search(r"norm|ln", group.name.lower()):
        # one row of numbers may be anything: PReLU's slopes, a scale
        return None
    torch = bool({"weight", "running_mean"} & tensors.keys())
    epsilon = np.array(1e-5 if torch else 1e-3, np.float32)
    cell = "BatchNorm" if batch else "LayerNorm"
    weights = {name: tensor.array for name, tensor in known.items()} | {"epsilon": epsilon}
    note = Note(f"{cell}, epsilon {epsilon:g}, the default of {'PyTorch' if torch else 'Keras'}")
    used = {tensor.name: name for name, tensor in known.items()}
    if COUNTER in group.tensors:
        used[group.tensors[COUNTER].name] = "counts training steps, not needed to run"
    return Plan("", cell, weights, {}, used, (note,))

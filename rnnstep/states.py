"""Initial states from a file."""

from __future__ import annotations

from pathlib import Path

from rnnstep.arrays import read_npy
from rnnstep.equations import Array
from rnnstep.errors import InputError, did_you_mean
from rnnstep.model import Model
from rnnstep.weights.files import read_tensors

_INITIAL = "initial/"
"""What the names of initial states begin with in a trace's file."""


_FRAMEWORKS = {
    spelling: f"{letter}_prev"
    for letter in "hc"
    for spelling in (f"{letter}0", f"{letter}_0", f"{letter}n", f"{letter}_n", f"initial_{letter}")
}
"""What frameworks call the states of all layers together, one layer after another."""


def read_state(path: Path, model: Model) -> dict[str, Array]:
    """Initial states for :func:`rnnstep.steps`.

    Args:
        path: an npz or safetensors file with the states by name, ``h_prev`` or ``h_t``,
            ``lstm/c_prev``, ``initial/h_t`` as a trace's file has it, or ``h0`` and ``c0`` with
            one row a layer, as PyTorch has them; or an npy file for a model that carries one
            state. Axes of length 1 before the units are left out.
        model: whose states they are.

    Raises:
        InputError: the file holds something else.
    """
    if path.suffix.lower() == ".npy":
        if len(model.state_names) != 1:
            names = ", ".join(model.state_names)
            raise InputError(f"{path}: name the states in an npz file: {names}")
        return {model.state_names[0]: _vector(read_npy(path))}
    known = _names(model)
    tensors = read_tensors(path).tensors
    prefix = _INITIAL if any(name.startswith(_INITIAL) for name in tensors) else ""
    states: dict[str, Array] = {}
    for full, array in tensors.items():
        own = full.removeprefix(prefix)
        if not full.startswith(prefix):
            continue
        if own in known:
            states[known[own]] = _vector(array)
        elif own in _FRAMEWORKS:
            states |= _rows(path, own, array, model)
        else:
            raise InputError(f"{path}: no state '{own}'{did_you_mean(own, known)}")
    return states


def _names(model: Model) -> dict[str, str]:
    """What a state may be called, and its name in the model."""
    known: dict[str, str] = {}
    for index, layer in enumerate(model.layers):
        for before, after in layer.cell.carried.items():
            name = model.qualified(index, before)
            known |= {name: name, model.qualified(index, after): name}
            if index == model.focus or len(model.state_names) == len(layer.cell.states):
                known |= {before: name, after: name}
    return known


def _rows(path: Path, name: str, array: Array, model: Model) -> dict[str, Array]:
    """A framework's states of all layers, each to its own layer."""
    state = _FRAMEWORKS[name]
    owners = [
        model.qualified(index, state)
        for index, layer in enumerate(model.layers)
        if state in layer.cell.carried
    ]
    rows = array.reshape(1, -1) if len(owners) == 1 else array
    if len(rows) != len(owners):
        told = f"'{name}' has shape {array.shape}; the model has {len(owners)} layers with it"
        raise InputError(f"{path}: {told}")
    return {owner: _vector(row) for owner, row in zip(owners, rows, strict=True)}


def _vector(array: Array) -> Array:
    return (
        array.reshape(array.shape[-1:]) if array.ndim and array.size == array.shape[-1] else array
    )

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


def read_state(path: Path, model: Model) -> dict[str, Array]:
    """Initial states for :func:`rnnstep.steps`.

    Args:
        path: an npz or safetensors file with the states by name, ``h_prev`` or ``h_t``,
            ``lstm/c_prev``, ``initial/h_t`` as a trace's file has it; or an npy file for a
            model that carries one state.
        model: whose states they are.

    Raises:
        InputError: the file holds something else.
    """
    if path.suffix.lower() == ".npy":
        if len(model.state_names) != 1:
            raise InputError(
                f"{path}: name the states in an npz file: {', '.join(model.state_names)}"
            )
        return {model.state_names[0]: read_npy(path)}
    known: dict[str, str] = {}
    for index, layer in enumerate(model.layers):
        for before, after in layer.cell.carried.items():
            name = model.qualified(index, before)
            known |= {name: name, model.qualified(index, after): name}
            if index == model.focus or len(model.state_names) == len(layer.cell.states):
                known |= {before: name, after: name}
    tensors = read_tensors(path).tensors
    prefix = _INITIAL if any(name.startswith(_INITIAL) for name in tensors) else ""
    states: dict[str, Array] = {}
    for full, array in tensors.items():
        own = full.removeprefix(prefix)
        if full.startswith(prefix):
            if own not in known:
                raise InputError(f"{path}: no state '{own}'{did_you_mean(own, known)}")
            states[known[own]] = array
    return states

"""From an edit to a fork: which change of the sequence, a state or a layer it is."""

from __future__ import annotations

from functools import partial

import numpy as np

from rnnstep.arrays import read_npy
from rnnstep.changes import Change, InputChange, LayerChange, StateChange
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.forks.edit import Edit, Operation, Reach
from rnnstep.forks.lines import with_value, with_weight
from rnnstep.forks.patch import Patch, key_of
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.paths import typed_path
from rnnstep.source import SEQUENCE
from rnnstep.states import read_state
from rnnstep.trace import Trace


def edited(trace: Trace, edit: Edit) -> Trace:
    """A fork of a run, with an edit; the run itself stays as it is.

    Raises:
        InputError: the run has no such timestep, what is swapped in does not fit, or the edit
            is of a part of a run whose layers do not go through time together.
    """
    start, stop = _reach(edit, len(trace))
    layer, name = place_of(edit, trace.model)
    owner = trace.model.layers[layer]
    entered = _entered(trace.model, layer, name)
    if edit.operation is Operation.HOLD:
        return trace.changed([_held(trace, edit, start, stop, entered)], start)
    key, given = key_of(edit), _swapped_in(trace, edit, layer, name)
    if name in owner.weights:
        picked = owner.weights[name][key].shape
        entries = partial(with_weight, name=name, key=key, patch=Patch.of(edit, picked, (), given))
        return trace.changed([LayerChange(start, stop, layer, entries)], start)
    patch = Patch.of(edit, owner.shape(name), key, given)
    once = edit.reach is Reach.AT
    change: Change
    if name in owner.cell.carried and once:
        change = StateChange(start, layer, name, patch.array, str(edit))
    elif entered and once:
        change = InputChange(start, stop, partial(_row, owner, name, patch), str(edit))
    else:
        change = LayerChange(start, stop, layer, partial(with_value, name=name, patch=patch))
    return trace.changed([change], start)


def _reach(edit: Edit, length: int) -> tuple[int, int]:
    if not 0 <= edit.t < length:
        raise InputError(f"no timestep {edit.t} to edit: the run has 0 to {length - 1}")
    return edit.t, edit.t + 1 if edit.reach is Reach.AT else length


def place_of(edit: Edit, model: Model) -> tuple[int, str]:
    """The layer, and what the layer itself calls the value or weight."""
    for index, layer in enumerate(model.layers):
        for own in (*layer.cell.values, *layer.weights):
            if model.qualified(index, own) == edit.name:
                return index, own
    raise InputError(f"no value or weight '{edit.name}' to edit")


def _entered(model: Model, layer: int, name: str) -> bool:
    """Whether a value is the sequence itself."""
    inputs = [declaration.name for declaration in model.layers[layer].cell.inputs]
    return name in inputs and model.sources[layer][inputs.index(name)].layer == SEQUENCE


def _row(layer: Layer, name: str, patch: Patch, rows: Array) -> Array:
    """The sequence at one timestep, as the layer that reads it sees it."""
    seen = np.asarray(rows).reshape(layer.shape(name))
    return patch.array(seen.astype(layer.input_dtypes[name])).reshape(rows.shape)


def _held(trace: Trace, edit: Edit, start: int, stop: int, entered: bool) -> Change:
    if not entered or edit.items:
        raise InputError(f"only the sequence itself can be held, not {edit.target}")
    row = trace.input_at(start)
    return InputChange(start, stop, lambda rows: np.broadcast_to(row, rows.shape), str(edit))


def _swapped_in(trace: Trace, edit: Edit, layer: int, name: str) -> Array | None:
    """The entries that a swap takes from a file or another timestep."""
    if edit.operation is not Operation.SWAP:
        return None
    owner = trace.model.layers[layer]
    shape = owner.weights[name].shape if name in owner.weights else owner.shape(name)
    found, key = _read(trace, edit, layer, name), key_of(edit)
    picked = np.zeros(shape)[key].shape
    if found.shape == shape:
        found = found[key]
    if np.squeeze(found).shape != tuple(n for n in picked if n != 1):
        told = f"has shape {found.shape}; {edit.target} has {picked}"
        raise InputError(f"{edit.source}: {told}")
    return found.reshape(picked)


def _read(trace: Trace, edit: Edit, layer: int, name: str) -> Array:
    t = edit.source_t
    if t is not None:
        if t >= len(trace):
            raise InputError(f"no timestep {t}: the run has 0 to {len(trace) - 1}")
        return trace.frame(t).layers[layer][name]
    path = typed_path(edit.source)
    if path.suffix.lower() == ".npy":
        return read_npy(path)
    states = read_state(path, trace.model)
    if edit.name not in states:
        raise InputError(f"{path}: holds {', '.join(states) or 'no state'}, not {edit.name}")
    return states[edit.name]

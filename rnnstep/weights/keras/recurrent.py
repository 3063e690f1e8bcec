"""Keras' recurrent layers: their cells, alone or stacked, whichever way they run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rnnstep.cells import load_cell
from rnnstep.errors import InputError
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.weights.conventions import (
    BIAS,
    CUDNN,
    KERAS,
    KERNEL,
    RECURRENT,
)
from rnnstep.weights.gates import GATE_ORDER, Roles
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.cudnn import from_cudnn
from rnnstep.weights.keras.functions import Change, NotRun, activation, check_floats, chosen
from rnnstep.weights.keras.named import apart
from rnnstep.weights.keras.parts import Config, Shape, flag, items, mapping, text, whole
from rnnstep.weights.keras.signal import KerasLayer, Signal
from rnnstep.weights.keras.stores import Weights
from rnnstep.weights.plan import Plan
from rnnstep.weights.remarks import flag_of
from rnnstep.weights.stacked import framework_plan

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4, "CuDNNGRU": 3, "CuDNNLSTM": 4}
CELLS = {f"{kind}Cell": kind for kind in ("SimpleRNN", "GRU", "LSTM")}
RECURRENT_KINDS = (*GATES, "RNN")

_ROLES = {"kernel": KERNEL, "recurrent_kernel": RECURRENT, "bias": BIAS}


@dataclass(frozen=True)
class Chain:
    """The plans of one recurrent layer: one, or the cells of a stack, the outer one last.

    Attributes:
        plans: without links.
        units: how many numbers it gives.
    """

    plans: tuple[Plan, ...]
    units: int | None

    def named(self, name: str) -> Chain:
        """The same under this name; inner cells are counted: ``rnn/1``."""
        inner = [p.replaced(name=f"{name}/{i}") for i, p in enumerate(self.plans[:-1], 1)]
        return replace(self, plans=(*inner, self.plans[-1].replaced(name=name)))

    def lay(self, build: Builder, signal: Signal, reverse: bool, shape: Shape | None) -> Link:
        """Add the plans to the model; returns what the outer cell gives."""
        read, given = signal.link, signal
        for plan in self.plans:
            # cells in a stack run within the timestep, in the same direction
            links = (read, signal.mask) if signal.mask else (read,)
            laid = plan.replaced(reverse=reverse, reads=links, holds=signal.mask is not None)
            read = build.add(laid, given, shape if plan is self.plans[-1] else None)
            given = replace(signal, stands_in=False)
        return read


def chain_of(build: Builder, kind: str, config: Config, weights: Weights, place: str) -> Chain:
    """The cells of a recurrent layer with their weights.

    Raises:
        NotRun: a cell or a function that rnnstep lacks.
        InputError: weights that are missing or do not fit.
    """
    if kind in GATES:
        plan, units = _cell(build, kind, config, weights.part("cell"), weights, place)
        return Chain((plan,), units)
    inner = config.get("cell")
    cell = {"class_name": "StackedRNNCells", "config": {"cells": inner}}
    cell = cell if isinstance(inner, list) else mapping(inner)  # type: ignore[assignment]
    own, part = text(cell, "class_name"), weights.part("cell")
    if own in CELLS:
        plan, units = _cell(build, CELLS[own], mapping(cell.get("config")), part, part, place)
        return Chain((plan,), units)
    if own != "StackedRNNCells":
        raise NotRun(f"a cell of its own, {own or 'unknown'}")
    made = [mapping(c) for c in items(mapping(cell.get("config")).get("cells"))]
    kinds = [text(c, "class_name") for c in made]
    if not made or any(kind not in CELLS for kind in kinds):
        raise NotRun(f"a stack of the cells {', '.join(kinds) or 'none'}")
    settings = [mapping(c.get("config")) for c in made]
    pairs = zip(kinds, settings, strict=True)
    layers = [KerasLayer(kind, text(c, "name"), c, place) for kind, c in pairs]
    stores = part.layers(layers, "cells")
    found = [
        _cell(build, CELLS[layer.kind], layer.config, store, store, place)
        for layer, store in zip(layers, stores, strict=True)
    ]
    return Chain(tuple(plan for plan, _ in found), found[-1][1])


def _cell(
    build: Builder, kind: str, config: Config, weights: Weights, other: Weights, place: str
) -> tuple[Plan, int | None]:
    taken = weights.take(tuple(_ROLES)) or other.take(tuple(_ROLES))
    where = f"{build.path}: layer '{place}'"
    missing = [role for role in ("kernel", "recurrent_kernel") if role not in taken]
    if missing:
        raise InputError(f"{where}: its {' and '.join(missing)} cannot be found in the file")
    check_floats(taken.values())
    roles: Roles = {_ROLES[role]: tensor for role, tensor in taken.items()}
    kernel, gates = roles[RECURRENT].array, GATES[kind]
    if kernel.ndim != 2 or 0 in kernel.shape or kernel.shape[1] != gates * kernel.shape[0]:
        told = f"'{roles[RECURRENT].name}' has shape {kernel.shape}"
        raise InputError(f"{where}: {told}, a {kind} takes (units, {gates} × units)")
    options, changes, notes = _functions(build, kind, config)
    name = _variant(build, kind, config, roles)
    convention, notes = KERAS, [*notes, *_stateful(config)]
    if BIAS in roles and roles[BIAS].array.shape == (2 * gates * len(kernel),):
        convention, roles = CUDNN, from_cudnn(roles, gates, where)
        notes.append(Note("cuDNN's layout: each gate's kernel transposed, two biases"))
    gated = any(tensor.name in build.joined for tensor in taken.values())
    build.first = build.first or place
    request = build.request if place == build.first else build.request.replaced(cell="")
    request = request.replaced(gate_order=()) if gated else request
    plan = framework_plan(convention, roles, request, str(build.path), cell=name)
    if plan is None:
        raise InputError(f"{where}: its kernels have no shape of a {kind}")
    offered = load_cell(plan.cell).options
    said = [note for note in plan.notes if not (gated and note.flag == GATE_ORDER)]
    return plan.replaced(
        options={key: value for key, value in options.items() if key in offered},
        changes=changes,
        notes=(*said, *notes),
        used=apart(plan.used, build.joined),
    ), whole(len(kernel))


def _variant(build: Builder, kind: str, config: Config, roles: Roles) -> str:
    """The cell: a GRU resets before its product or after it."""
    if kind != "GRU":
        return {"CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM"}.get(kind, kind)
    if "reset_after" in config:
        after = flag(config, "reset_after")
    elif BIAS in roles:
        after = roles[BIAS].array.ndim == 2 or roles[BIAS].array.size == 6 * len(
            roles[RECURRENT].array
        )
    else:
        after = build.major >= 3
    return "GRU" if after else "GRUResetBefore"


def _functions(
    build: Builder, kind: str, config: Config
) -> tuple[dict[str, str], tuple[Change, ...], list[Note]]:
    """The functions that the config says, those that the user says in their place left out."""
    said: dict[str, tuple[str, ...]] = {"activation": ("activation",)}
    if GATES[kind] > 1:
        said["recurrent_activation"] = ("recurrent_activation", "inner_activation")
    if kind.startswith("CuDNN"):
        return {"activation": "tanh", "recurrent_activation": "sigmoid"}, (), []
    options: dict[str, str] = {}
    changes: tuple[Change, ...] = ()
    notes: list[Note] = []
    for option, keys in said.items():
        key = next((key for key in keys if key in config), "")
        if not key or option in build.request.options:
            continue
        function = _known(config[key], build.major, option)
        more, change = chosen(option, function)
        options, changes = {**options, **more}, (*changes, *change)
        if function.startswith("hard_sigmoid"):
            form = "0.2 x + 0.5" if build.major < 3 else "x / 6 + 0.5"
            told = f"{option} hard_sigmoid is {form}, as in Keras {build.version or '1'}"
            notes.append(Note(told, flag_of(option)))
        elif change:
            notes.append(Note(f"{option} {config[key]}: {function.format(x='x')}"))
    return options, changes, notes


def _known(value: object, major: int, option: str) -> str:
    """The function that a config names; of one that rnnstep lacks, how to open the layer anyway.

    Raises:
        NotRun: rnnstep lacks it.
    """
    try:
        return activation(value, major)
    except NotRun as why:
        instead = "tanh" if option == "activation" else "sigmoid"
        raise NotRun(f"{why}; {flag_of(option)} {instead} opens it with another") from None


def _stateful(config: Config) -> list[Note]:
    if not flag(config, "stateful"):
        return []
    told = "stateful: Keras starts a batch from where the last one ended, here from zeros"
    return [Note(told, "--state", warning=True)]

"""From a file to a model: which description is followed, and what was said otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnnstep.building import build_layer
from rnnstep.cells import Cell, load_cell
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.record import Record
from rnnstep.source import width_of
from rnnstep.weights.files import TensorFile
from rnnstep.weights.focus import focused, is_called, is_exactly
from rnnstep.weights.plan import Blueprint, Plan
from rnnstep.weights.remarks import as_read, left_over, not_finite, partly_seen, quick_to_see
from rnnstep.weights.request import Request

RANDOM_UNITS = 8
"""Units of a layer whose weights are random."""


class Loaded(Record):
    """A weight file, understood.

    Attributes:
        file: what it holds.
        blueprint: what its tensors were read as.
        model: the layers.
        inferred: what was inferred, with the flags that say otherwise.
    """

    file: TensorFile
    blueprint: Blueprint
    model: Model
    inferred: tuple[Note, ...] = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """The tensors that no layer takes."""
        used = {name for plan in self.blueprint.plans for name in plan.used}
        return tuple(name for name in self.file.tensors if name not in used)


def load(file: TensorFile, request: Request) -> Loaded:
    """Understand a weight file.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    blueprint = _blueprint(file, request)
    plans, cells = blueprint.plans, _cells(blueprint.plans, request)
    layers: list[Layer] = []
    for plan, cell in zip(plans, cells, strict=True):
        # a layer without weights of its own is as exact as those before it
        dtype = request.dtype or (None if plan.weights else _widest(layers))
        where = str(file.path)
        built = (plan.name, cell, plan.weights, dtype, where, plan.reverse, plan.reads)
        layers.append(build_layer(*built, plan.initial))
    inferred = (*blueprint.notes, *as_read(plans, cells, request))
    found = Loaded(file, blueprint, Model(tuple(layers), (), file.path).reading(0), inferred)
    check_chain(found.model)
    seen = quick_to_see(file.tensors)
    doubts = (*not_finite(seen), *partly_seen(file.tensors, seen))
    notes = (*inferred, *left_over(file, found.unused, request), *doubts)
    return found.replaced(model=found.model.replaced(notes=notes))


def load_around(file: TensorFile, request: Request, layer: str) -> Loaded:
    """Likewise, with the focus on a layer of this name, if it is not empty.

    Raises:
        InputError: in one line, what does not fit and what to do.
        UnknownNameError: no layer of the file has this name.
    """
    found = load(file, request)
    if _stands_aside(found, layer):
        found = load(file, request.replaced(layer=layer))
    names = [plan.name for plan in found.blueprint.left]
    return found.replaced(model=focused(found.model, layer, names))


def _stands_aside(found: Loaded, layer: str) -> bool:
    """Whether the layer that is meant does not run with the others."""
    run = [one for one in found.model.layers if is_called(one.name, layer)]
    left = [load_cell(plan.cell) for plan in found.blueprint.left if is_called(plan.name, layer)]
    if any(one.cell.recurrent or is_exactly(one.name, layer) for one in run):
        return False
    return any(cell.recurrent for cell in left) or bool(left and not run)


def _widest(layers: Sequence[Layer]) -> np.dtype[Any]:
    return np.result_type(*(layer.dtype for layer in layers)) if layers else np.dtype(np.float32)


def _blueprint(file: TensorFile, request: Request) -> Blueprint:
    if file.blueprint is not None:
        return file.blueprint(request)
    if file.config:
        from rnnstep.weights.configured import configured

        return configured(file, request)
    # most of what is known about weights is only loaded where something has to be recognised
    from rnnstep.weights.recognise import recognise_file

    return recognise_file(file, request)


def _cells(plans: Sequence[Plan], request: Request) -> list[Cell]:
    """The cells, with the options that the file says, or the user of the recurrent layers."""
    plain = [load_cell(plan.cell) for plan in plans]
    recurrent = any(cell.recurrent for cell in plain)
    meant = [cell for cell in plain if cell.recurrent or not recurrent]
    for option in request.options:
        if not any(option in cell.options for cell in meant):
            offers = ", ".join(dict.fromkeys(o for cell in meant for o in cell.options))
            raise InputError(f"no layer has the option '{option}'; known: {offers or 'none'}")
    return [
        load_cell(
            plan.cell,
            {**plan.options, **_offered(cell, request, cell in meant)},
            plan.holds,
            plan.changes,
        )
        for plan, cell in zip(plans, plain, strict=True)
    ]


def _offered(cell: Cell, request: Request, meant: bool) -> Mapping[str, str]:
    return {k: v for k, v in request.options.items() if k in cell.options} if meant else {}


def check_chain(model: Model) -> None:
    """Refuse layers of which one gives another number of values than the next one takes.

    Raises:
        InputError: the two layers and their sizes.
    """
    for layer, sources in zip(model.layers, model.sources, strict=True):
        for declaration, source in zip(layer.cell.inputs, sources, strict=True):
            gives, takes = width_of(model.layers, source), layer.takes(declaration)
            if gives and takes and gives != takes:
                name = model.layers[source.layer].name
                where = f"{model.path}: " if model.path else ""
                told = f"'{name}' gives {gives} numbers a timestep"
                raise InputError(f"{where}{told}, '{layer.name}' takes {takes}")


def random_model(cell: Cell, features: int, request: Request, seed: int, note: Note) -> Model:
    """One layer with small random weights: uniform within 1/√fan-in, the same for each seed."""
    random = np.random.default_rng(seed)
    sizes = dict.fromkeys(cell.axes, RANDOM_UNITS)
    sizes |= {str(axis): features for axis in cell.input.shape}
    weights = {}
    for declaration in cell.weights:
        shape = tuple(sizes[str(axis)] for axis in declaration.shape)
        bound = 1.0 / np.sqrt(shape[-1] if len(shape) > 1 else RANDOM_UNITS)
        weights[declaration.name] = random.uniform(-bound, bound, shape)
    layer = build_layer(cell.name.lower(), cell, weights, request.dtype or np.float32)
    return Model((layer,), (note,))

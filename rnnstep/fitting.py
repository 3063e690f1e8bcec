"""A model and a sequence brought together: where the sequence enters, and what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnnstep.arrays import LOOKED_AT
from rnnstep.cells import load_cell
from rnnstep.cells.parts import MASK
from rnnstep.equations import Array
from rnnstep.equations.nodes import Call, Name, walk
from rnnstep.errors import InputError
from rnnstep.layer import Layer, Link
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.sequences import by_timestep
from rnnstep.source import SEQUENCE

if TYPE_CHECKING:
    import numpy.typing as npt

_AS_IT_IS = {"activation": "linear"}


def fit_sequence(model: Model, xs: npt.ArrayLike) -> tuple[Model, Array]:
    """The model for this sequence, and the sequence as (timesteps, features).

    Raises:
        InputError: the number of features is not what the first layer takes, or a number is
            no row of its table.
    """
    inputs = by_timestep(np.asanyarray(xs))[0]
    features, takes = inputs.shape[1], model.input_size
    if takes not in (0, features):
        layer = model.layers[0]
        turned = inputs.shape[0] == takes
        hint = "; its transpose would fit" if turned else ""
        raise InputError(
            f"the sequence has shape {inputs.shape}: {features} features,"
            f" but layer '{layer.name}' takes {takes}{hint}{_missing(model)}"
        )
    for layer, sources in zip(model.layers, model.sources, strict=True):
        if sources[0].layer == SEQUENCE:
            _check_rows(layer, inputs)
    if takes and model.settled:
        return model, inputs
    fitted = model.reading(features)
    _check_widths(fitted, features)
    return fitted, inputs


def _check_widths(model: Model, features: int) -> None:
    """Refuse a sequence that passes a layer for any number of features, and not the next one."""
    for layer, takes in model.misfits(features):
        told = f"{features} features a timestep, but layer '{layer.name}' takes {takes}"
        raise InputError(f"the sequence has {told}{_missing(model)}")


def _missing(model: Model) -> str:
    """What stands before the layers that are run, and makes what they read."""
    found = [note.text for note in model.notes if note.warning and "not run" in note.text]
    return f" ({found[0]})" if found else ""


def entering(model: Model, features: int) -> Model:
    """The same model without the layers before the first recurrent one, if only that one fits.

    A sequence may be what a recurrent layer reads although its file has layers before it, such
    as an embedding: the note says so.
    """
    first = next((i for i, layer in enumerate(model.layers) if layer.cell.recurrent), 0)
    takes = model.layers[first].input_size
    if not first or model.input_size in (0, features) or takes != features:
        return model
    dropped = {layer.name for layer in model.layers[:first]}
    kept = tuple(_from_sequence(layer, dropped) for layer in model.layers[first:])
    names = ", ".join(layer.summary for layer in model.layers[:first])
    text = f"the sequence has {features} features: read by '{kept[0].name}'; not run: {names}"
    return Model(kept, (*model.notes, Note(text, warning=True)), model.path)


def _from_sequence(layer: Layer, dropped: set[str]) -> Layer:
    """The same layer reading the sequence in place of layers that are not run, and no mask."""
    cell, links = layer.cell, layer.reads or (Link(),)
    masked = links[-1].value == MASK and links[-1].layer in dropped
    if masked:
        # without the layer that says what padding is, nothing is held back
        held = cell.recurrent
        cell = load_cell(cell.name, cell.options) if held else load_cell("Activation", _AS_IT_IS)
        links = links[:-1]
    read = tuple(Link() if link.layer in dropped else link for link in links)
    return layer.replaced(cell=cell, reads=read)


def _check_rows(layer: Layer, inputs: Array) -> None:
    """Refuse numbers that are no rows of the table that a layer looks them up in."""
    if layer.cell.input.shape:
        # a vector, which is no row's number
        return
    name = layer.cell.input.name
    for equation in layer.cell.equations:
        for node in walk(equation.node):
            match node:
                case Call("row", (Name(table), Name(number))) if number == name:
                    _check_range(layer, table, inputs[:LOOKED_AT])


def _check_range(layer: Layer, table: str, inputs: Array) -> None:
    rows = len(layer.weights[table])
    wrong = (inputs < 0) | (inputs >= rows) | (inputs != np.floor(inputs))
    if wrong.any():
        t = int(np.argwhere(wrong)[0][0])
        raise InputError(
            f"the sequence has {inputs[t][0]} at t = {t}, but '{table}' of layer '{layer.name}'"
            f" has rows 0 to {rows - 1}; it takes whole numbers"
        )

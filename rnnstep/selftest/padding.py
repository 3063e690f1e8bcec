"""A sequence beside the same with padding in it, which a mask takes out again."""

from __future__ import annotations

import numpy as np

from rnnstep.building import build_layer
from rnnstep.cells import Cell, load_cell
from rnnstep.cells.parts import MASK
from rnnstep.equations import Array
from rnnstep.errors import RnnstepError
from rnnstep.layer import Layer, Link
from rnnstep.model import Model
from rnnstep.selftest.outcome import Outcome, Whole
from rnnstep.source import SEQUENCE
from rnnstep.trace import Trace
from rnnstep.vectors.entry import entry_of, padding_of

_NAME = "padding"
_FRONT, _MIDDLE, _BACK = 3, 2, 5
"""Timesteps of padding."""
_MASKING, _VALUE = "Masking", "mask_value"


def padded(whole: Whole) -> Outcome:
    """Pad the sequence in front, in the middle and behind, and leave the padding out again.

    A model with a mask of its own is run as it is; of any other the recurrent layers are given
    one, so that they hold their states at padding.
    """
    short = whole.start()
    model, xs = short.trace.model, np.asarray(short.trace.xs)
    own = padding_of(model)
    if own is not None and not all(map(_reads_mask, filter(_is_recurrent, model.layers))):
        return Outcome(_NAME, "a layer with states reads no mask: padding is input to it")
    value = _unused(model, xs) if own is None else own
    if value is None:
        return Outcome(_NAME, "every row of the table is in use: none is left for padding")
    held = _held(model, value) if own is None else model
    if held is None:
        return Outcome(_NAME, "a layer with states is of no built-in cell: it takes no mask")
    longer, kept = _longer(xs, value)
    trace = Trace(held, longer, {_in(held, model, i, n): a for (i, n), a in short.carried.items()})
    found = {place: trace.series(_in(held, model, *place))[kept] for place in short.places()}
    told = f"{len(longer) - len(kept)} timesteps of padding, held back by a mask"
    return short.outcome(_NAME, told, found, short.rounding)


def _longer(xs: Array, value: float) -> tuple[Array, Array]:
    """The sequence with padding, and the timesteps of it that are none."""
    half = len(xs) // 2
    pad = np.full((1, xs.shape[1]), value, np.result_type(xs, np.float32))
    front, middle, back = (np.repeat(pad, count, axis=0) for count in (_FRONT, _MIDDLE, _BACK))
    longer = np.concatenate([front, xs[:half], middle, xs[half:], back])
    kept = np.arange(len(xs)) + _FRONT
    kept[half:] += _MIDDLE
    return longer, kept


def _in(held: Model, model: Model, index: int, name: str) -> str:
    """What a value of a layer is called in the model that has a mask before it."""
    return held.qualified(held.index(model.layers[index].name), name)


def _is_recurrent(layer: Layer) -> bool:
    return layer.cell.recurrent


def _reads_mask(layer: Layer) -> bool:
    return any(declaration.name == MASK for declaration in layer.cell.inputs)


def _unused(model: Model, xs: Array) -> float | None:
    """A number that no timestep has; of a table's rows one that is there."""
    rows = entry_of(model).rows
    if rows:
        free = sorted(set(range(rows)) - set(xs.reshape(-1).astype(int).tolist()))
        return float(free[0]) if free else None
    finite = np.abs(xs[np.isfinite(xs)])
    return 2 * float(finite.max(initial=0.0)) + 1


def _held(model: Model, value: float) -> Model | None:
    """The model with a mask before it, whose recurrent layers hold their states at padding."""
    names = {layer.name for layer in model.layers}
    mask = next(name for number in range(len(names) + 1) if (name := f"mask{number}") not in names)
    dtype = np.promote_types(model.dtype, np.float32)
    masking = load_cell(_MASKING)
    layers = [build_layer(mask, masking, {_VALUE: np.array(value)}, dtype, reads=(Link(),))]
    for layer, sources in zip(model.layers, model.sources, strict=True):
        reads = tuple(
            Link("" if s.layer == SEQUENCE else model.layers[s.layer].name, s.value, s.final)
            for s in sources
        )
        if not layer.cell.recurrent:
            layers.append(layer.replaced(reads=reads))
            continue
        cell = _holding(layer.cell)
        if cell is None:
            return None
        layers.append(layer.replaced(cell=cell, reads=(*reads, Link(mask, MASK))))
    return Model(tuple(layers), path=model.path)


def _holding(cell: Cell) -> Cell | None:
    """The same cell with a mask; none if its listing is not the built-in one of its name."""
    try:
        plain = load_cell(cell.name, cell.options)
        same = [e.text for e in plain.equations] == [e.text for e in cell.equations]
        return load_cell(cell.name, cell.options, hold_at_padding=True) if same else None
    except RnnstepError:
        return None

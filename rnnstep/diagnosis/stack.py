"""What may be done otherwise with a stack of layers: one of them is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from rnnstep.cells import load_cell
from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.layer import Layer, Link
from rnnstep.model import Model
from rnnstep.source import SEQUENCE, width_of

_MERGED = "Bidirectional"
"""What the names of cells begin with that bring two directions together."""


def stack_changes(model: Model, last: int) -> Iterator[Change]:
    """Each layer up to the ``last`` whose input the next one could read in place of its output."""
    if len(model.layers) < 2:
        return
    merged = [i for i, one in enumerate(model.layers) if one.cell.name.startswith(_MERGED)]
    halves = {source.layer for index in merged for source in model.sources[index]}
    for index, layer in enumerate(model.layers[: last + 1]):
        past = _past_both(model, index) if index in merged else _past(layer)
        if past is not None and index not in halves:
            told = f"layer {layer.name} is left out: its input takes the place of its output"
            apply = _in_place(index, past)
            yield Change(f"layer {index}", told, apply, f"run {layer.name}, too", run=True)


def _in_place(index: int, past: Layer) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        states = variant.model.layers[index].cell.states
        gone = {variant.model.qualified(index, state.name) for state in states}
        state = {name: array for name, array in variant.state.items() if name not in gone}
        return replace(variant.with_layer(index, past), state=state)

    return apply


def _past(layer: Layer) -> Layer | None:
    """In place of a layer what it reads, if that is as long as its output."""
    read = layer.cell.input
    if not read.shape or layer.shape(read.name) != layer.shape(layer.cell.output):
        return None
    return _handing_on(layer, layer.output_size, layer.reads[:1])


def _past_both(model: Model, index: int) -> Layer | None:
    """In place of what brings two directions together, what both of them read."""
    layer = model.layers[index]
    read = {model.sources[half.layer][0] for half in model.sources[index] if half.layer >= 0}
    if len(read) != 1:
        return None
    (source,) = read
    if width_of(model.layers, source, model.input_size) != layer.output_size:
        return None
    below = "" if source.layer == SEQUENCE else model.layers[source.layer].name
    return _handing_on(layer, layer.output_size, (Link(below, source.value, source.final),))


def _handing_on(layer: Layer, size: int, reads: tuple[Link, ...]) -> Layer:
    """A layer whose output is its input, with the name and the output of another."""
    plain = load_cell("Activation", {"activation": "linear"})
    (line,), given = plain.equations, plain.input
    shapes = {given.name: given.shape, layer.cell.output: given.shape}
    cell = plain.replaced(
        equations=(line.replaced(name=layer.cell.output),),
        output=layer.cell.output,
        shapes=MappingProxyType(shapes),
    )
    sizes = MappingProxyType({str(given.shape[0]): size})
    return layer.replaced(cell=cell, sizes=sizes, reads=reads)

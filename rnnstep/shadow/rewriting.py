"""A model's shadow: its weights rounded, and its equations with what is done otherwise in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from rnnstep.cells import Cell, Equation
from rnnstep.equations import Array, Node, to_text
from rnnstep.equations.nodes import Binary, Call, Name, Number, mapped
from rnnstep.errors import InputError
from rnnstep.forks.lines import as_read
from rnnstep.layer import Layer, weight_of
from rnnstep.model import Model
from rnnstep.shadow.calibration import Spans
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.formats import FORMATS, QUANTIZE
from rnnstep.shadow.swaps import swapped, swapped_name
from rnnstep.source import SEQUENCE


def shadow_model(model: Model, shadow: Shadow, spans: Spans) -> Model:
    """A model with another arithmetic.

    Every line's value is brought to the format of the activations, but that of a product alone
    where the format is of integers: their sums are kept in more bits. What comes from the
    sequence gets a line that rounds it. Numbers alone, such as masks, and layers that only make
    those stay as they are.

    Args:
        model: the exact one, as it runs.
        shadow: what is done otherwise.
        spans: how far each value goes, see :func:`rnnstep.shadow.observe`.

    Raises:
        InputError: a format that the model's own dtype has not the digits for.
    """
    return Rewriting(model, shadow, spans).model


class Rewriting:
    """One model on its way to its shadow; see :func:`shadow_model`.

    Attributes:
        model: the shadow.
    """

    def __init__(self, model: Model, shadow: Shadow, spans: Spans) -> None:
        forms = [FORMATS[said] for said in (shadow.weights, shadow.activations) if said]
        if model.dtype == np.float16 and any(form.levels for form in forms):
            raise InputError("float16 has not the digits for integers: run the model in float32")
        self._exact, self._shadow, self._spans = model, shadow, spans
        self._format = FORMATS.get(shadow.activations)
        self._rounded: set[tuple[int, str]] = set()
        layers = tuple(self.layer(i, layer) for i, layer in enumerate(model.layers))
        self.model = model.replaced(layers=layers)

    def layer(self, index: int, layer: Layer) -> Layer:
        """The shadow of a layer, as the model has it or as edits have made it."""
        if only_counts(layer):
            return layer
        weights = self._weights(index, layer)
        return layer.replaced(cell=self._cell(index, layer.cell), weights=weights)

    def _weights(self, index: int, layer: Layer) -> Mapping[str, Array]:
        known = FORMATS.get(self._shadow.weights)
        # the constants of an edit are no part of the network
        own = self._exact.layers[index].weights if known else {}
        rounded = {
            name: known.of_weight(array, self._shadow.per_row) if known and name in own else array
            for name, array in layer.weights.items()
        }
        return MappingProxyType({n: weight_of(a, layer.dtype) for n, a in rounded.items()})

    def _cell(self, index: int, cell: Cell) -> Cell:
        said = self._shadow.functions
        nodes = {e.name: mapped(e.node, lambda n: swapped(n, said)) for e in cell.equations}
        shapes, first = dict(cell.shapes), []
        if self._format:
            for given, line in self._inputs(index, cell):
                first.append(line)
                shapes[line.name] = shapes[given]
                nodes = _replaced(nodes, as_read(cell, given), Name(line.name))
            for after, read in _edited_states(cell):
                nodes = _replaced(nodes, read, self._rounding(index, after, read))
            nodes = {name: self._brought(index, name, node) for name, node in nodes.items()}
        lines = (
            e.replaced(node=nodes[e.name], text=to_text(nodes[e.name])) for e in cell.equations
        )
        options = {option: swapped_name(name, said) for option, name in cell.options.items()}
        return cell.replaced(equations=(*first, *lines), options=options, shapes=shapes)

    def _inputs(self, index: int, cell: Cell) -> list[tuple[str, Equation]]:
        """For each input that is not rounded yet its name, and the line that rounds it."""
        found = []
        for declaration, source in zip(cell.inputs, self._exact.sources[index], strict=True):
            made = source.layer != SEQUENCE and (source.layer, source.value) in self._rounded
            if made or not declaration.shape:
                continue
            name = f"{declaration.name.removesuffix('_t')}_q"
            while name in cell.shapes:
                name += "q"
            node = self._rounding(index, declaration.name, as_read(cell, declaration.name))
            found.append((declaration.name, Equation(name, node, to_text(node), "as it is read")))
        return found

    def _brought(self, index: int, name: str, node: Node) -> Node:
        """A line's value in the format, if it is not in it anyway."""
        exact = self._exact.layers[index].cell
        line = exact.equation(name)
        product = line is not None and isinstance(line.node, Binary) and line.node.symbol == "@"
        if not exact.shapes[name] or (product and self._format and self._format.levels):
            return node
        self._rounded.add((index, name))
        return node if _passes_on(node) else self._rounding(index, name, node)

    def _rounding(self, index: int, name: str, node: Node) -> Node:
        assert self._format is not None
        return self._format.rounding(node, self._spans[index, name].limit)


def only_counts(layer: Layer) -> bool:
    """Whether a layer only makes numbers alone, a mask or a count, and hands on what it reads."""
    cell = layer.cell
    own = [*cell.weights, *cell.states]
    lines = [equation.name for equation in cell.equations]
    return not any(d.shape for d in own) and any(not cell.shapes[name] for name in lines)


def _passes_on(node: Node) -> bool:
    """Whether a line only picks from values that are rounded where they are made."""
    match node:
        case Call("where", (_, first, second)) | Call("concat", (first, second)):
            return all(isinstance(part, Name | Number) for part in (first, second))
        case Call("linear", (Name(),)) | Name():
            return True
    return False


def _replaced(nodes: Mapping[str, Node], before: Node, after: Node) -> dict[str, Node]:
    """Right sides with one part of them in the place of another."""
    change: Callable[[Node], Node] = lambda node: after if node == before else node  # noqa: E731
    return {name: mapped(node, change) for name, node in nodes.items()}


def _edited_states(cell: Cell) -> Iterator[tuple[str, Node]]:
    """The states that are edited where they are read: what each carries, and what is read."""
    for before, after in cell.carried.items():
        read = as_read(cell, before)
        if read != Name(before) and cell.shapes[before]:
            yield after, read


def rounded_lines(layer: Layer) -> Iterator[tuple[str, Call]]:
    """The lines of a shadow that round, each with what it rounds: an input goes by its own name."""
    inputs = {declaration.name for declaration in layer.cell.inputs}
    for equation in layer.cell.equations:
        match equation.node:
            case Call(function, (inner, *_)) as node if function in (QUANTIZE, *FORMATS):
                given = isinstance(inner, Name) and inner.name in inputs
                yield inner.name if isinstance(inner, Name) and given else equation.name, node


def step_of(node: Node) -> float | None:
    """The step of a line that rounds to integers."""
    match node:
        case Call(function, (_, Number(step), _, _)) if function == QUANTIZE:
            return step
    return None


def steps_of(model: Model) -> dict[tuple[int, str], float]:
    """Of a shadow the step of each value in integers; that of an input under its own name."""
    return {
        (index, name): step
        for index, layer in enumerate(model.layers)
        for name, node in rounded_lines(layer)
        if (step := step_of(node)) is not None
    }

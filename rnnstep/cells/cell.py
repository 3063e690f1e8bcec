"""A cell: its equations, and everything that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from rnnstep.cells.listing import read_listing
from rnnstep.cells.parts import CURRENT, PREVIOUS, Declaration, Equation, Listing
from rnnstep.equations import Shape, dependencies, infer, pretty_name, shape_text, to_unicode
from rnnstep.equations.nodes import Binary, Name, walk
from rnnstep.errors import ExpressionError
from rnnstep.record import Record


class Cell(Record, eq=False):
    """One step of a layer as named equations, checked when it is built.

    Attributes:
        name: such as ``LSTM``.
        description: the listing's heading: what it is, its paper, its frameworks' names.
        inputs: the declarations of what it reads, ``x_t`` or several.
        states: what is carried from step to step, as declared (``h_prev``).
        weights: the declarations of the weights.
        equations: the lines, in the order in which they run.
        options: the functions chosen for the listing's options, such as its activation.
        output: the name of the value that the next layer reads.
        shapes: the named axes of every name.
    """

    name: str
    description: tuple[str, ...]
    inputs: tuple[Declaration, ...]
    states: tuple[Declaration, ...]
    weights: tuple[Declaration, ...]
    equations: tuple[Equation, ...]
    options: Mapping[str, str]
    output: str
    shapes: Mapping[str, Shape]

    @classmethod
    def from_text(
        cls,
        text: str,
        name: str,
        source: str,
        options: Mapping[str, str] | None = None,
        inputs: int = 1,
    ) -> Cell:
        """Read a cell's listing and check it.

        Args:
            text: the listing.
            name: the cell's name.
            source: the file's name, for errors.
            options: the functions for its options; the listing's defaults if absent.
            inputs: how many inputs it may declare.

        Raises:
            ExpressionError: for a mistake in the listing, with file, line and column.
        """
        return _checked(name, source, read_listing(text, source, options or {}, inputs))

    @property
    def input(self) -> Declaration:
        """The declaration of the first input, ``x_t``."""
        return self.inputs[0]

    @property
    def recurrent(self) -> bool:
        """Whether anything is carried from one step to the next."""
        return bool(self.states)

    @cached_property
    def carried(self) -> Mapping[str, str]:
        """What each state is at the next step: ``{'h_prev': 'h_t'}``."""
        return {state.name: following(state.name) for state in self.states}

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Every value of a step by name: the inputs, the states before, the equations."""
        given = [declaration.name for declaration in (*self.inputs, *self.states)]
        return (*given, *(equation.name for equation in self.equations))

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """The named axes, in the order in which they are declared."""
        declared = [*self.inputs, *self.states, *self.weights]
        axes = (axis for declaration in declared for axis in declaration.shape)
        return tuple(dict.fromkeys(str(axis) for axis in axes))

    @property
    def summary(self) -> str:
        """The first line of the description."""
        return self.description[0] if self.description else ""

    def equation(self, name: str) -> Equation | None:
        """The line that defines ``name``, if one does."""
        return next((equation for equation in self.equations if equation.name == name), None)

    def title(self, name: str) -> str:
        """``name`` as mathematics: a product is written as the product, ``Wh·hₜ₋₁``."""
        equation = self.equation(name)
        match equation.node if equation else None:
            case Binary("@" | "*", Name(left), Name(right)) if left in self._weight_names:
                return f"{pretty_name(left)}·{pretty_name(right)}"
        return pretty_name(name)

    def mathematics(self, equation: Equation) -> str:
        """The right side of a line as mathematics: ``Wh @ hₜ₋₁``."""
        return to_unicode(equation.node, self.title)

    @cached_property
    def _weight_names(self) -> frozenset[str]:
        return frozenset(weight.name for weight in self.weights)


def following(state: str) -> str:
    """The name of a state after the step: ``h_t`` for ``h_prev``."""
    return state.removesuffix(PREVIOUS) + CURRENT


def _checked(name: str, source: str, listing: Listing) -> Cell:
    inputs = tuple(d for d in listing.declarations if d.kind == "input")
    if not inputs:
        raise ExpressionError(
            "the cell declares no input: 'input x_t: input'", "", 1, f"{source}:1"
        )
    shapes: dict[str, Shape] = {d.name: d.shape for d in listing.declarations}
    for equation in listing.equations:
        shapes[equation.name] = _shape(equation, shapes, listing)
    states = tuple(d for d in listing.declarations if d.kind == "state")
    for state in states:
        _check_state(state, shapes, listing)
    _check_used(listing)
    return Cell(
        name=name,
        description=listing.description,
        inputs=inputs,
        states=states,
        weights=tuple(d for d in listing.declarations if d.kind == "weight"),
        equations=listing.equations,
        options=listing.options,
        output=_output(listing, states, shapes),
        shapes=shapes,
    )


def _error(listing: Listing, name: str, message: str) -> ExpressionError:
    place, line, begins = listing.lines[name]
    return ExpressionError(message, line, begins + 1, place)


def _shape(equation: Equation, shapes: Mapping[str, Shape], listing: Listing) -> Shape:
    place, line, begins = listing.lines[equation.name]
    products = [n for n in walk(equation.node) if isinstance(n, Binary) and n.symbol == "@"]
    if len(products) > 1:
        message = "two matrix products in one line: give each a line and a name of its own"
        raise ExpressionError(message, line, begins + products[1].column, place)
    try:
        return infer(equation.node, shapes)
    except ExpressionError as error:
        raise error.at(place, line, begins) from None


def _check_state(state: Declaration, shapes: Mapping[str, Shape], listing: Listing) -> None:
    after = following(state.name)
    if not any(equation.name == after for equation in listing.equations):
        raise _error(
            listing, state.name, f"no equation defines '{after}', which '{state.name}' becomes"
        )
    if shapes[after] != state.shape:
        facts = (
            f"'{after}' is {shape_text(shapes[after])}, '{state.name}' {shape_text(state.shape)}"
        )
        raise _error(listing, after, f"a state keeps its shape, but {facts}")


def _check_used(listing: Listing) -> None:
    used = {name for equation in listing.equations for name in dependencies(equation.node)}
    for declaration in listing.declarations:
        if declaration.name not in used:
            message = f"{declaration.kind} '{declaration.name}' is declared but never used"
            raise _error(listing, declaration.name, message)


def _output(listing: Listing, states: tuple[Declaration, ...], shapes: Mapping[str, Shape]) -> str:
    """The declared output; else the first state; else the last line."""
    if listing.output is None:
        return following(states[0].name) if states else listing.equations[-1].name
    if listing.output not in {equation.name for equation in listing.equations}:
        raise _error(listing, "output ", f"no equation defines the output '{listing.output}'")
    if len(shapes[listing.output]) > 1:
        raise _error(listing, "output ", "the output is a vector or a scalar")
    return listing.output

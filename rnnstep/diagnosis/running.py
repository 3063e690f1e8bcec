"""What may be done otherwise with time and input: direction, states, rows, padding, precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.equations import Array, Node
from rnnstep.equations.nodes import Binary, Name, Number, mapped
from rnnstep.layer import Layer
from rnnstep.model import Model


def run_changes(variant: Variant) -> Iterator[Change]:
    """What may be done otherwise with the run as a whole."""
    yield from _directions()
    yield from _states(variant)
    yield from _rows()
    yield from _inputs(variant)
    yield from _padding(variant)
    yield from _halves(variant.model)


def _directions() -> Iterator[Change]:
    def backwards(variant: Variant) -> Variant | None:
        return variant.fed(_turned_in_time)

    def backwards_in_time(variant: Variant) -> Variant | None:
        return replace(variant.fed(_turned_in_time), turned=not variant.turned)

    kind = "direction"
    told = "the sequence is run from its end to its start"
    needs = "more than one timestep"
    yield Change(kind, f"{told}, values in the order of the run", backwards, "go_backwards", needs)
    yield Change(kind, f"{told}, values in real time", backwards_in_time, "go_backwards", needs)
    yield Change(
        kind,
        "the values are written last timestep first",
        lambda variant: replace(variant, turned=not variant.turned),
        "turn the rows round",
        needs,
    )


def _turned_in_time(xs: Array) -> Array:
    return xs[..., ::-1, :]


def _states(variant: Variant) -> Iterator[Change]:
    names = variant.model.state_names
    if not names:
        return
    needs = "two timesteps or more"
    yield Change(
        "state",
        "the state is not reset: it goes on from the end of a run over the same sequence",
        # where many sequences run, nothing says which one was run before which
        lambda one: replace(one, goes_on=True) if one.sequences is None else None,
        "reset the states between sequences (stateful, hidden)",
    )
    yield Change(
        "state", "the state is reset at every timestep", _forgetful, "carry the state on", needs
    )
    if any(np.any(array) for array in variant.state.values()):
        yield Change(
            "state",
            "the initial state is zero, not the given one",
            lambda one: replace(
                one, state={name: np.zeros_like(a) for name, a in one.state.items()}
            ),
            "give the initial state",
        )


def _forgetful(variant: Variant) -> Variant | None:
    layers = tuple(map(_without_past, variant.model.layers))
    return replace(variant, model=variant.model.replaced(layers=layers))


def _without_past(layer: Layer) -> Layer:
    """The layer with zeros in the place of its states: each timestep is its first."""
    states = {state.name for state in layer.cell.states}
    equations = tuple(
        equation.replaced(node=mapped(equation.node, lambda node: _zeroed(node, states)))
        for equation in layer.cell.equations
    )
    return layer.replaced(cell=layer.cell.replaced(equations=equations))


def _zeroed(node: Node, states: set[str]) -> Node:
    known = isinstance(node, Name) and node.name in states
    return Binary("*", Number(0.0), node) if known else node


def _rows() -> Iterator[Change]:
    def shifted(by: int) -> Apply:
        return lambda variant: replace(variant, shift=variant.shift + by)

    needs = "two timesteps or more"
    yield Change(
        "rows",
        "the values are one timestep late: row t is what t - 1 gives",
        shifted(1),
        "compare h_t, not h_prev",
        needs,
    )
    yield Change(
        "rows",
        "the values are one timestep early: row t is what t + 1 gives",
        shifted(-1),
        "compare h_prev, or start one later",
        needs,
    )


def _inputs(variant: Variant) -> Iterator[Change]:
    timesteps, features = variant.xs.shape
    if features > 1:
        yield Change(
            "features",
            "the features stand in the reverse order",
            lambda one: one.fed(lambda xs: xs[..., ::-1]),
            "turn the features round",
        )
    if timesteps == features:
        yield Change(
            "features",
            "time and features are swapped",
            lambda one: one.fed(lambda xs: np.swapaxes(xs, -1, -2)),
            "transpose the sequence",
        )


def _padding(variant: Variant) -> Iterator[Change]:
    padded = padding(variant.xs)
    if padded:
        first = len(variant.xs) - padded
        yield Change(
            "padding",
            f"the last {padded} timesteps, all zeros, are masked: held from t = {first} on",
            lambda one: replace(one, held=first - 1),
            "mask_zero, Masking, pack_padded_sequence or sequence lengths",
        )
    masked = [i for i, layer in enumerate(variant.model.layers) if len(layer.cell.inputs) > 1]
    if masked:
        yield Change(
            "padding",
            "no timestep is masked: padding is run as if it were input",
            _unmasked,
            "give the mask to every layer",
        )


def padding(xs: Array) -> int:
    """How many timesteps at the end are zeros; 0 if all are, or only one."""
    rows = np.flatnonzero(np.any(xs != 0, axis=1))
    count = len(xs) - 1 - int(rows[-1]) if len(rows) else 0
    return count if count > 1 else 0


def _unmasked(variant: Variant) -> Variant | None:
    layers: list[Layer] = []
    for layer in variant.model.layers:
        if layer.cell.name == "Masking":
            weights = {name: np.full_like(array, np.nan) for name, array in layer.weights.items()}
            layers.append(layer.replaced(weights=MappingProxyType(weights)))
        else:
            layers.append(layer)
    model: Model = variant.model.replaced(layers=tuple(layers))
    return replace(variant, model=model)


def _halves(model: Model) -> Iterator[Change]:
    """A bidirectional layer with its halves the other way round."""
    names = [layer.name for layer in model.layers]
    for index, name in enumerate(names):
        other = name.replace("forward", "backward")
        if other != name and other in names:
            told = f"the forward and the backward half of {name.rpartition('/')[0]} are swapped"
            yield Change("halves", told, _swapped(index, names.index(other)), "swap the halves")


def _swapped(first: int, second: int) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        one, other = variant.model.layers[first], variant.model.layers[second]
        if one.weights.keys() != other.weights.keys():
            return None
        changed = variant.with_layer(first, one.replaced(weights=other.weights))
        return changed.with_layer(second, other.replaced(weights=one.weights))

    return apply

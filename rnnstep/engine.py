"""The engine: a generator that runs a model over a sequence and yields every timestep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError, UnknownNameError, did_you_mean
from rnnstep.fitting import fit_sequence
from rnnstep.layer import Values
from rnnstep.making import State
from rnnstep.model import Model
from rnnstep.record import Record
from rnnstep.run import Run

if TYPE_CHECKING:
    import numpy.typing as npt


class Step(Record, eq=False):
    """Every value of one timestep, by name; immutable.

    ``step["Wx_x"]``, ``step.Wx_x`` and ``step["rnn/Wx_x"]`` are the same where the model has
    layers; a bare name is a value of the layer in focus, else of the only layer that has it.

    Attributes:
        t: the timestep, from 0; -1 is the place before the first, where only the initial
            states have values (``h_t`` there is what ``h_prev`` is at t = 0).
        model: the model that ran.
        layers: for each layer, its values by name.
    """

    t: int
    model: Model
    layers: tuple[Values, ...]

    def __getitem__(self, name: str) -> Array:
        """The value called ``name``; read-only.

        Raises:
            UnknownNameError: no value has this name, or several have it.
        """
        layer, value = self.model.resolve(name)
        if value not in self.layers[layer]:
            raise UnknownNameError(f"'{name}' has no value before the first timestep")
        return self.layers[layer][value]

    def __getattr__(self, name: str) -> Array:
        """The value called ``name``, as an attribute."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except UnknownNameError as error:
            raise AttributeError(str(error)) from None

    def __iter__(self) -> Iterator[str]:
        """The names of the values, as files and scripts use them."""
        for name, (layer, value) in self.model.value_names.items():
            if value in self.layers[layer]:
                yield name

    @cached_property
    def carried(self) -> Mapping[str, Array]:
        """What goes on to the next timestep, by name: ``h_t``, and for an LSTM ``c_t``."""
        return MappingProxyType(
            {
                self.model.qualified(index, after): self.layers[index][after]
                for index, layer in enumerate(self.model.layers)
                for after in layer.cell.carried.values()
                if after in self.layers[index]
            }
        )

    @property
    def output(self) -> Array:
        """The output of the last layer."""
        return self.layers[-1][self.model.layers[-1].cell.output]


def steps(
    model: Model, xs: npt.ArrayLike, state: Mapping[str, npt.ArrayLike] | None = None
) -> Iterator[Step]:
    """Run a model over a sequence, one timestep at a time.

    Args:
        model: the layers.
        xs: the input, shape (timesteps, features); brought to the weights' dtype.
        state: initial states by name, ``{"h_prev": …}`` or ``{"lstm/c_prev": …}``; those that
            are absent are zeros.

    Yields:
        a :class:`Step` for each timestep, in order.

    Raises:
        InputError: the sequence or a state does not fit the model.
    """
    model, inputs = fit_sequence(model, xs)
    carried = initial_state(model, state)
    return _run(model, inputs, carried)


def _run(model: Model, inputs: Array, carried: State) -> Iterator[Step]:
    run = Run(model, inputs, carried)
    for t in range(len(inputs)):
        yield Step(t, model, run.values(t))


def initial_step(model: Model, carried: State) -> Step:
    """The place before the first timestep: each state under the name it has after a step.

    A layer that runs backwards ends there, and has no values.
    """
    layers = []
    for layer, state in zip(model.layers, carried, strict=True):
        after = {} if layer.reverse else layer.cell.carried
        layers.append(MappingProxyType({name: state[key] for key, name in after.items()}))
    return Step(-1, model, tuple(layers))


def initial_state(model: Model, given: Mapping[str, npt.ArrayLike] | None = None) -> State:
    """The states before the first timestep: those given, the file's or zeros for the rest.

    Raises:
        InputError: a name that is no state, or a shape that does not fit.
    """
    first = tuple(layer.first_state for layer in model.layers)
    return state_with(model, first, given) if given else first


def state_with(model: Model, state: State, given: Mapping[str, npt.ArrayLike]) -> State:
    """``state`` with the states in ``given`` in place of its own; see :func:`initial_state`."""
    changed = [dict(states) for states in state]
    for name, value in given.items():
        index, own = _resolve_state(model, name)
        array: Array = np.array(value, model.layers[index].dtype)
        expected = changed[index][own].shape
        if array.shape != expected:
            raise InputError(f"state '{name}' has shape {array.shape}; the model takes {expected}")
        changed[index][own] = array
    for states in changed:
        for array in states.values():
            array.flags.writeable = False
    return tuple(changed)


def _resolve_state(model: Model, name: str) -> tuple[int, str]:
    for index, layer in enumerate(model.layers):
        for state in layer.cell.states:
            if name == model.qualified(index, state.name):
                return index, state.name
    own = [i for i, layer in enumerate(model.layers) if name in layer.cell.carried]
    if model.focus in own:
        return model.focus, name
    if len(own) == 1:
        return own[0], name
    raise InputError(f"no state '{name}'{did_you_mean(name, model.state_names)}")

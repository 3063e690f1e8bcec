"""Many sequences of one length through the same layers, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.economy import MEMORY_BUDGET
from rnnstep.engine import Step, initial_state, initial_step
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.fitting import fit_sequence
from rnnstep.joining import one_array
from rnnstep.model import Model
from rnnstep.run import Run
from rnnstep.side_by_side import side_by_side

if TYPE_CHECKING:
    import numpy.typing as npt


class Batch(Mapping[str, Array]):
    """A run of many sequences through one model, a mapping of every value by name.

    A value is run for when it is asked for: ``batch["h_t"]`` is (samples, timesteps, …).
    Timesteps run in blocks, of which few are kept, so that a value's own size is what it takes.
    Each sample has the values that it has alone but for the last bits: many products of a matrix
    and a vector are computed as one, which may round otherwise; and long batches are compiled, see
    :mod:`rnnstep.program.fast`.

    Args:
        model: the layers.
        xs: the input, (samples, timesteps, features).
        state: initial states by name, (samples, …); zeros if absent.
        budget: bytes of states to keep at the most.

    Attributes:
        model: the model as it ran, each value of a layer (samples, …).
        xs: the input.

    Raises:
        InputError: the sequences or a state do not fit the model.
    """

    def __init__(
        self,
        model: Model,
        xs: npt.ArrayLike,
        state: Mapping[str, npt.ArrayLike] | None = None,
        budget: int = MEMORY_BUDGET,
    ) -> None:
        self.xs = np.asanyarray(xs)
        fitted = _fitted(model, self.xs)
        layers = tuple(side_by_side(layer, len(self.xs)) for layer in fitted.layers)
        self.model = fitted.replaced(layers=layers)
        by_time = np.swapaxes(self.xs, 0, 1)
        self._run = Run(self.model, by_time, initial_state(self.model, state), budget)

    def __getitem__(self, name: str) -> Array:
        """A value of all samples over all of time, (samples, timesteps, …); read-only.

        Raises:
            UnknownNameError: no value has this name, or several have it.
        """
        return self.series(name)

    def __iter__(self) -> Iterator[str]:
        """The names of the values."""
        return iter(self.model.value_names)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self.model.value_names)

    @property
    def timesteps(self) -> int:
        """How many timesteps each sequence has."""
        return int(self.xs.shape[1])

    @property
    def initial(self) -> Step:
        """The place before the first timestep, where only the initial states have values."""
        return initial_step(self.model, self._run.carried_into(0))

    def frame(self, t: int) -> Step:
        """Every value of timestep ``t``, (samples, …) each.

        Raises:
            IndexError: there is no such timestep.
        """
        if not 0 <= t < self.timesteps:
            raise IndexError(f"no timestep {t}: the run has 0 to {self.timesteps - 1}")
        return Step(t, self.model, self._run.values(t))

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The timesteps from ``start`` to before ``stop``, in order, in little memory."""
        stop = self.timesteps if stop is None else min(stop, self.timesteps)
        return (self.frame(t) for t in range(start, stop))

    def series(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """A value from timestep ``start`` to before ``stop``, (samples, timesteps, …).

        Raises:
            UnknownNameError: no value has this name, or several have it.
            IndexError: there are no such timesteps.
        """
        layer, value = self.model.resolve(name)
        stop = self.timesteps if stop is None else min(stop, self.timesteps)
        if not 0 <= start <= stop:
            raise IndexError(f"no timesteps {start} to {stop}: the run has {self.timesteps}")
        if start == stop:
            owner = self.model.layers[layer]
            return np.empty((len(self.xs), 0, *owner.shape(value)[1:]), owner.dtype)
        whole = one_array(self._run.parts(layer, value, range(start, stop)), stop - start)
        found = whole.swapaxes(0, 1)
        found.flags.writeable = False
        return found


def _fitted(model: Model, xs: Array) -> Model:
    """The model for these sequences."""
    if xs.ndim != 3 or not len(xs):
        axes = "(samples, timesteps, features), at least one of each"
        raise InputError(f"the batch has shape {xs.shape}; it takes {axes}")
    # where a timestep is the number of a row, each sample may hold one that there is not
    looked_up = not model.layers[0].cell.input.shape
    fitted = model
    for sample in range(len(xs) if looked_up else 1):
        try:
            fitted, _ = fit_sequence(model, xs[sample])
        except InputError as error:
            raise InputError(f"sample {sample}: {error}") from None
    return fitted

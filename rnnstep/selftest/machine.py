"""The run on NumPy beside the same on the compiled machine, where that is installed."""

from __future__ import annotations

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.program.fast import installed, load_machine
from rnnstep.selftest.alone import recorded
from rnnstep.selftest.outcome import SHORT, Outcome, Place, Whole
from rnnstep.trace import Trace

_NAME = "compiled"
_TIMESTEPS, _BYTES, _SECONDS = 10_000, 2**25, 1.0
"""Timesteps, bytes of their values, and seconds on NumPy, at the most."""


def compiled(whole: Whole, trace: Trace) -> Outcome:
    """Run each layer with states on the machine, which else runs only far into long runs.

    Every so many timesteps it starts from NumPy's own states, so that rounding does not grow.

    Args:
        whole: the start of the run.
        trace: the run.
    """
    model = whole.trace.model
    if not installed():
        return Outcome(_NAME, "numba is not installed: pip install 'rnnstep[fast]'")
    if load_machine(model.dtype) is None:
        return Outcome(_NAME, f"{model.dtype} is not compiled: NumPy runs it all")
    layers = [index for index, layer in enumerate(model.layers) if layer.cell.recurrent]
    if not layers:
        return Outcome(_NAME, "no layer carries a state")
    by_numpy = Trace(model, trace.xs[: _length(trace)], whole.states)
    by_numpy.stay_on_numpy()
    longer = Whole(by_numpy, whole.carried)
    found: dict[Place, Array] = {}
    for index in layers:
        made = _run(model.layers[index], longer, index)
        found |= {(index, name): array for name, array in made.items()}
    told = f"{len(by_numpy):,} timesteps, {SHORT} at a time"
    return longer.outcome(_NAME, told, found, longer.rounding)


def _length(trace: Trace) -> int:
    """So many timesteps are looked at."""
    layers = trace.model.layers
    bytes_of_one = max(sum(layer.value_bytes for layer in layers), 1)
    seconds = max(sum(layer.seconds for layer in layers), 1e-9)
    most = min(_TIMESTEPS, _BYTES // bytes_of_one, int(_SECONDS / seconds))
    return min(len(trace), max(most, SHORT))


def _run(layer: Layer, by_numpy: Whole, index: int) -> dict[str, Array]:
    """Every value of a layer, (timesteps, …), in real time, run by the machine."""
    turn = slice(None, None, -1 if layer.reverse else 1)
    inputs = {
        name: np.ascontiguousarray(array[turn], layer.input_dtypes[name]).reshape(
            len(array), *layer.input_shapes[name]
        )
        for name, array in recorded(by_numpy, index).items()
    }
    carried = {
        state.name: by_numpy.series((index, state.name))[turn] for state in layer.cell.states
    }
    states: dict[int, Values] = {
        row: {name: array[row] for name, array in carried.items()}
        for row in range(0, len(by_numpy.trace), SHORT)
    }
    window = layer.run(inputs, states, fast=True)
    return {name: window[name][turn] for name in layer.cell.values}

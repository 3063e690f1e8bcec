"""From a model in memory and an input to a session: no file is written or read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.fitting import entering
from rnnstep.model import Model
from rnnstep.opening import describe
from rnnstep.sequences import Sequence, from_array
from rnnstep.session import Session
from rnnstep.trace import Trace
from rnnstep.weights import focused, make_request
from rnnstep.weights.build import load_around
from rnnstep.weights.live import Live, read_live

if TYPE_CHECKING:
    import numpy.typing as npt


def open_live(
    module: Any,
    xs: Any,
    state: Any = None,
    *,
    sample: int | None = None,
    layer: str = "",
    dtype: str | None = None,
) -> Session:
    """A session of a live torch.nn module, or a Keras layer or model.

    The weights are copied: what is trained later does not change the session.

    Args:
        module: the model; of a torch module its recurrent layers, and those around them that fit.
        xs: the input, an array or a tensor: (timesteps, features), (timesteps,), or a batch with
            its axes as the module takes them, ``batch_first`` or not.
        state: initial states: by name, as :func:`rnnstep.steps` takes them, or as the framework
            does: h_0 or (h_0, c_0) for PyTorch, a list of states for Keras.
        sample: which sequence of a batch; the first if ``None``.
        layer: whose values go by their bare names; by default the first recurrent layer.
        dtype: ``float16``, ``float32`` or ``float64``; by default the weights' own.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    live = read_live(module)
    model = load_around(live.file, make_request(dtype=dtype), layer).model
    read = _sequence(live, model, xs, sample)
    model = focused(entering(model, read.values.shape[1]), layer)
    given = _states(live, model, state, sample) if state is not None else None
    trace = Trace(model, read.values, given)
    title = describe(f"xs {read.values.shape}", trace.model)
    return Session(trace, read.labels, read.notes, title)


def _sequence(live: Live, model: Model, xs: Any, sample: int | None) -> Sequence:
    array = as_numpy(xs, "xs")
    numbers = not model.layers[0].cell.input.shape
    if numbers and array.ndim == 2 and array.shape[1] != 1:
        array = array[:, :, np.newaxis]
    if array.ndim == 3 and live.time_first:
        array = array.swapaxes(0, 1)
    return from_array(array, sample, "xs")


def as_numpy(value: Any, name: str) -> Array:
    """An array or a tensor of any library as an array of real numbers.

    Raises:
        InputError: it has no numbers.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if "bfloat16" in str(value.dtype) else value
    try:
        array: Array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"{name}: no array of numbers: {str(error).splitlines()[0]}") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: holds {array.dtype}; give real numbers, such as float32")
    return array


def _states(
    live: Live, model: Model, state: Any, sample: int | None
) -> Mapping[str, npt.ArrayLike]:
    """The states by name."""
    if isinstance(state, Mapping):
        return {name: as_numpy(value, f"state '{name}'") for name, value in state.items()}
    given = state if isinstance(state, tuple | list) else [state]
    arrays = [as_numpy(array, "state") for array in given]
    names = [
        model.qualified(index, declared.name)
        for index, layer in enumerate(model.layers)
        for declared in layer.cell.states
        if declared.shape
    ]
    if live.stacked:
        # PyTorch: the first axis is layers and directions, each with its h and its c
        count = min((len(array) for array in arrays if array.ndim > 1), default=0)
        if any(array.ndim > 1 and len(array) != count for array in arrays):
            raise InputError("state: h_0 and c_0 are of different numbers of layers")
        single = any(array.ndim == 1 for array in arrays)
        arrays = arrays if single else [a[k] for k in range(count) for a in arrays]
    if len(arrays) != len(names):
        told = f"{len(arrays)} states given, the model has {len(names)}: {', '.join(names)}"
        raise InputError(f"state: {told}")
    return {n: _of_sample(array, sample) for n, array in zip(names, arrays, strict=True)}


def _of_sample(array: Array, sample: int | None) -> Array:
    if array.ndim < 2:
        return array
    if not 0 <= (sample or 0) < len(array):
        raise InputError(f"state: no sample {sample}: it has {len(array)}")
    chosen: Array = array[sample or 0]
    return chosen

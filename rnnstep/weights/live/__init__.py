"""Models that are in memory: their weights and settings, as a file's reader would give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile
from rnnstep.weights.live.kerasmodel import is_keras, keras_model
from rnnstep.weights.live.torchmodule import is_torch, torch_module


@dataclass(frozen=True, eq=False)
class Live:
    """A model in memory, read.

    Attributes:
        file: its tensors, and what they are.
        time_first: whether a batch is (timesteps, samples, features) to it.
        stacked: whether it takes the states of all of its layers as one array.
    """

    file: TensorFile
    time_first: bool = False
    stacked: bool = False


def read_live(module: Any) -> Live:
    """Read a torch.nn module, or a Keras layer or model; neither library is imported for it.

    Raises:
        InputError: something else, or a model without weights.
    """
    # with PyTorch below it, a Keras layer is a torch.nn.Module as well
    if is_keras(module):
        return Live(keras_model(module))
    if is_torch(module):
        file, time_first = torch_module(module)
        return Live(file, time_first, stacked=True)
    kind = f"{type(module).__module__}.{type(module).__qualname__}"
    raise InputError(f"{kind} is neither a torch.nn.Module nor a Keras layer or model")

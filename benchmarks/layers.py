"""The layers that are measured: random weights in float32, and the same for other libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnstep import Model, build_layer, load_cell

Array = np.ndarray[Any, Any]
Run = Callable[[], Any]
"""One whole run of a peer; gives h over time."""

FEATURES = 32
CELLS = ("SimpleRNN", "GRU", "LSTM")
GATES = {"SimpleRNN": ("",), "GRU": ("_r", "_z", "_n"), "LSTM": ("_i", "_f", "_g", "_o")}
TORCH = {"SimpleRNN": "RNN", "GRU": "GRU", "LSTM": "LSTM"}


def model_of(cell: str, hidden: int) -> Model:
    """One layer."""
    random, listing = np.random.default_rng(0), load_cell(cell)
    sizes = {"input": FEATURES, "hidden": hidden}
    bound = hidden**-0.5
    weights = {
        d.name: random.uniform(-bound, bound, [sizes[str(a)] for a in d.shape]).astype(np.float32)
        for d in listing.weights
    }
    return Model((build_layer("layer", listing, weights),))


def inputs(*shape: int) -> Array:
    """A random sequence, or a batch of them."""
    return np.random.default_rng(1).normal(size=(*shape, FEATURES)).astype(np.float32)


def stacked(model: Model) -> tuple[Array, Array, Array, Array]:
    """The weights of all gates as one matrix each: input, recurrent, and the two biases."""
    layer = model.layers[0]
    gates = GATES[layer.cell.name]
    weights = layer.weights
    zero = np.zeros(layer.sizes["hidden"], np.float32)
    Wx, Wh = (np.concatenate([weights[f"{name}{gate}"] for gate in gates]) for name in ("Wx", "Wh"))
    bx = np.concatenate([weights.get(f"b{gate}", weights.get(f"bx{gate}", zero)) for gate in gates])
    bh = np.concatenate([weights.get(f"bh{gate}", zero) for gate in gates])
    return Wx, Wh, bx, bh


def torch_layer(model: Model, batch: bool = False) -> Any:
    """The same layer as a ``torch.nn`` module."""
    import torch

    layer = model.layers[0]
    kind = getattr(torch.nn, TORCH[layer.cell.name])
    module = kind(FEATURES, layer.sizes["hidden"], batch_first=batch)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    state = dict(zip(names, map(torch.from_numpy, stacked(model)), strict=True))
    module.load_state_dict(state)
    return module.eval()


def agree(ours: Any, theirs: Any) -> None:
    """Refuse to compare what does not compute the same."""
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=0, atol=1e-3)

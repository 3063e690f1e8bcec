"""A model to a weight file of rnnstep's own: npz with the layers described beside the arrays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from rnnstep.cells import cell_names
from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.replacing import replacing
from rnnstep.source import SEQUENCE


def save_model(model: Model, path: Path) -> None:
    """Write the weights of a model, whole or not at all; ``load_model`` reads them again.

    Args:
        model: layers of built-in cells, each of which reads the one before it.
        path: an npz file.

    Raises:
        InputError: the path cannot be written, or the file's form has no place for this model.
    """
    if path.suffix.lower() != ".npz":
        raise InputError(f"{path}: weights are written as npz")
    several = len(model.layers) > 1
    arrays: dict[str, Any] = {}
    for index, layer in enumerate(model.layers):
        _check(model, index, layer)
        prefix = f"{layer.name}/" if several else ""
        arrays |= {f"{prefix}{name}": array for name, array in layer.weights.items()}
    described = {"layers": [_described(layer) for layer in model.layers]}
    arrays["model"] = np.array(json.dumps(described, ensure_ascii=False))
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _described(layer: Layer) -> dict[str, str]:
    return {"name": layer.name, "cell": layer.cell.name, **layer.cell.options}


def _check(model: Model, index: int, layer: Layer) -> None:
    """Refuse what the file could not say: links, directions, cells of a user's own."""
    sources = model.sources[index]
    chained = len(sources) == 1 and sources[0].layer == (index - 1 if index else SEQUENCE)
    known = layer.cell.name in cell_names() and "/" not in layer.name
    if not (chained and known and not layer.reverse):
        told = "has no place in an npz of weights: it must be built in and read the one before it"
        raise InputError(f"layer {layer.name} {told}")

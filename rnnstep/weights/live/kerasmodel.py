"""A live Keras layer or model: the same as its file, by way of the file's reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile
from rnnstep.weights.keras.blueprint import Saved, blueprint
from rnnstep.weights.keras.config import MODELS
from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.remarks import some

_PACKAGES = ("keras", "tf_keras", "tensorflow")
_MOST_LAYERS = 1_000


def is_keras(module: Any) -> bool:
    """Whether an object is a layer or a model of Keras, whichever package brings it."""
    classes = type(module).__mro__
    named = any(c.__name__ == "Layer" and _package(c) in _PACKAGES for c in classes)
    return named and hasattr(module, "get_config") and hasattr(module, "get_weights")


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def keras_model(module: Any) -> TensorFile:
    """What :mod:`rnnstep.weights.keras` would read from the model's file.

    Raises:
        InputError: it has no weights yet.
    """
    top = _layers(module)
    contents = Contents(attributes={"": {"layer_names": [layer.name for layer in top]}})
    for layer in top:
        names = [_weight_name(weight) for weight in layer.weights]
        contents.attributes[layer.name] = {"weight_names": names}
        pairs = zip(names, layer.get_weights(), strict=True)
        contents.tensors |= {f"{layer.name}/{name}": array for name, array in pairs}
    if not contents.tensors:
        raise InputError(f"{module.name}: has no weights yet; call it once, or build((None, T, D))")
    kind = type(module).__name__
    path = Path(module.name)
    saved = Saved(path, contents, _config(module, top), _version(module), f"the live {kind}")
    return TensorFile(path, contents.tensors, blueprint=partial(blueprint, saved))


def _version(module: Any) -> str:
    import sys

    for package in _PACKAGES:
        if package in {_package(kind) for kind in type(module).__mro__}:
            return str(getattr(sys.modules.get(package), "__version__", ""))
    return ""


def _layers(module: Any) -> list[Any]:
    """The layers whose weights are lists of their own: a model's, or the layer itself."""
    if type(module).__name__ in MODELS and hasattr(module, "layers"):
        return list(module.layers)
    if not hasattr(module, "layers") or not _own_layers(module):
        return [module]
    return _own_layers(module)


def _own_layers(module: Any) -> list[Any]:
    """The layers of a model of the user's own class, in the order in which it made them."""
    wraps = any(hasattr(module, name) for name in ("cell", "forward_layer", "layer"))
    return [] if wraps else list(dict.fromkeys(_flat(module, 0)))


def _flat(module: Any, depth: int) -> Iterator[Any]:
    for layer in list(module.layers)[:_MOST_LAYERS]:
        if hasattr(layer, "layers") and depth < 10 and type(layer).__name__ not in MODELS:
            yield from _flat(layer, depth + 1)
        else:
            yield layer


def _config(module: Any, layers: list[Any]) -> str:
    """A model's own description; of anything else one that runs its layers in turn."""
    kind = type(module).__name__
    if kind in MODELS:
        return str(json.dumps(_entry(module), default=str))
    entries = [_entry(layer) for layer in layers]
    model = {"class_name": "Sequential", "config": {"name": module.name, "layers": entries}}
    return json.dumps(model, default=str)


def _entry(layer: Any) -> dict[str, Any]:
    try:
        config = layer.get_config()
    except NotImplementedError:
        raise InputError(f"{some([layer.name])}: its class has no get_config()") from None
    return {"class_name": type(layer).__name__, "config": config, "name": layer.name}


def _weight_name(weight: Any) -> str:
    return str(getattr(weight, "path", "") or weight.name)

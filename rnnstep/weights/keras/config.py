"""A Keras model's config as layers and what they read, of any version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.parts import Config, Shape, items, mapping, shape_of, text, whole
from rnnstep.weights.keras.signal import KerasLayer, Origin

MODELS = ("Sequential", "Functional", "Model")

_MOST_LAYERS = 2_000
_TENSOR = "__keras_tensor__"


@dataclass(frozen=True)
class Described:
    """A model as its config describes it.

    Attributes:
        name: its own.
        sequential: whether each layer reads the one before.
        layers: in the file's order.
        inputs: the input layers.
        outputs: what the model gives.
        shapes: of the inputs.
    """

    name: str
    sequential: bool
    layers: tuple[KerasLayer, ...]
    inputs: tuple[Origin, ...] = ()
    outputs: tuple[Origin, ...] = ()
    shapes: tuple[Shape | None, ...] = ()


def describe(kind: str, config: Any, within: str = "") -> Described:
    """The layers of a model.

    Args:
        kind: the model's class.
        config: its config; of the first Keras' sequential models that is a list.
        within: the names of the models around it, each with a slash behind it.

    Raises:
        NotRun: the config lists no layers, as that of a class of the user's own.
    """
    entries = items(config) or items(mapping(config).get("layers"))
    if not 0 < len(entries) <= _MOST_LAYERS:
        raise NotRun(f"its config lists {len(entries)} layers")
    layers = tuple(
        _layer(mapping(entry), index, within, kind == "Sequential")
        for index, entry in enumerate(entries)
    )
    if kind == "Sequential":
        first = entries[0]
        return Described("", True, layers, shapes=(_input_shape(mapping(first)),))
    inputs = tuple(_origins(mapping(config).get("input_layers")))
    outputs = tuple(_origins(mapping(config).get("output_layers")))
    stated = {
        layer.name: _input_shape(mapping(entry))
        for layer, entry in zip(layers, entries, strict=True)
    }
    shapes = tuple(stated.get(origin.layer) for origin in inputs)
    name = text(mapping(config), "name")
    return Described(name, False, layers, inputs, outputs, shapes)


def _layer(entry: Config, index: int, within: str, first: bool) -> KerasLayer:
    kind = text(entry, "class_name") or "unknown"
    raw = entry.get("config")
    # a nested sequential model of the first Keras has a list for a config
    config = raw if isinstance(raw, dict) else {"layers": items(raw)}
    name = text(entry, "name") or text(config, "name") or f"{kind.lower()}_{index + 1}"
    built = shape_of(mapping(entry.get("build_config")).get("input_shape"))
    calls = tuple(_call(node) for node in items(entry.get("inbound_nodes")))
    operation = text(entry, "module").startswith("keras.src.ops")
    shape = built if not first or built else _input_shape(entry)
    return KerasLayer(kind, name, config, f"{within}{name}", shape, calls, not operation)


def _input_shape(entry: Config) -> Shape | None:
    config = mapping(entry.get("config"))
    return shape_of(config.get("batch_shape")) or shape_of(config.get("batch_input_shape"))


def _call(node: Any) -> tuple[Origin, ...]:
    """What one call of a layer reads, in order: as Keras 3 writes it, or those before it."""
    if isinstance(node, dict):
        return tuple(_tensors([node.get("args"), node.get("kwargs")]))
    found = list(_origins(node))
    settings = [entry[3] for entry in items(node) if isinstance(entry, list) and len(entry) > 3]
    for setting in settings:
        found += _origins(mapping(setting).get("initial_state"))
    return tuple(found)


def _tensors(value: Any) -> Iterator[Origin]:
    """The tensors among a call's arguments, in Keras 3's words."""
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack += reversed(current)
        elif isinstance(current, dict):
            if current.get("class_name") == _TENSOR:
                history = mapping(current.get("config")).get("keras_history")
                yield from _origins(history)
            else:
                stack += reversed(list(current.values()))


def _origins(value: Any) -> Iterator[Origin]:
    """``["lstm", 0, 0]``, or a list of those."""
    entries = items(value)
    if entries and isinstance(entries[0], str):
        entries = [entries]
    for entry in entries:
        parts = items(entry)
        if len(parts) >= 3 and isinstance(parts[0], str):
            call, output = whole(parts[1]) or 0, whole(parts[2]) or 0
            if call >= 0 and output >= 0:
                yield Origin(text({"name": parts[0]}, "name"), call, output)

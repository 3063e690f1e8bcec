"""A Keras model walked from its input to its outputs: what runs, what is skipped, what is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.config import MODELS, Described, describe
from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.merge import MERGERS, merge
from rnnstep.weights.keras.parts import mapping, one_line, text
from rnnstep.weights.keras.plain import dense, embedding, masking, norm
from rnnstep.weights.keras.pointwise import flatten, function, repeat, skipped
from rnnstep.weights.keras.recurrent import RECURRENT_KINDS
from rnnstep.weights.keras.scaling import normalization, rescaling
from rnnstep.weights.keras.sequence import bidirectional, recurrent
from rnnstep.weights.keras.signal import KerasLayer, Origin, Signal
from rnnstep.weights.keras.stores import Weights

Handler = Callable[[Builder, KerasLayer, Weights, Sequence[Signal]], list[Signal]]

_POINTWISE: dict[str, Handler] = {
    "Dense": dense,
    "TimeDistributedDense": dense,
    **dict.fromkeys(("Activation", "Softmax", "ReLU", "ELU"), function),
    **dict.fromkeys(("BatchNormalization", "LayerNormalization"), norm),
    "Normalization": normalization,
    "Rescaling": rescaling,
    **dict.fromkeys(
        (
            "Dropout",
            "SpatialDropout1D",
            "GaussianNoise",
            "GaussianDropout",
            "AlphaDropout",
            "ActivityRegularization",
            "Identity",
        ),
        skipped,
    ),
}

MOST_CALLS = 32
"""Times that one layer may be called."""

HANDLERS: dict[str, Handler] = {
    **_POINTWISE,
    **dict.fromkeys(RECURRENT_KINDS, recurrent),
    **dict.fromkeys(MERGERS, merge),
    "Bidirectional": bidirectional,
    "Embedding": embedding,
    "Masking": masking,
    "Flatten": flatten,
    "RepeatVector": repeat,
}
"""The layers that are known: a config's class only ever selects from this table."""


def walk(
    build: Builder, model: Described, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """Run the config through: the signals that a model gives for those that it is given.

    Raises:
        InputError: weights that are missing or do not fit.
    """
    if model.sequential:
        return _straight(build, model.layers, weights.layers(model.layers), inputs)
    # a layer that is called again takes the same weights again
    most = max((len(layer.calls) for layer in model.layers), default=0)
    stores = [weights.layers(model.layers) for _ in range(min(most, MOST_CALLS))]
    pending = [
        (layer, stores[call][index], call)
        for index, layer in enumerate(model.layers)
        for call in range(min(len(layer.calls), MOST_CALLS))
    ]
    done: dict[tuple[str, int], list[Signal]] = {}
    for origin, signal in zip(model.inputs, inputs, strict=False):
        done[origin.layer, 0] = [signal]
    while pending:
        waiting = []
        for layer, store, call in pending:
            origins = layer.calls[call]
            if any((origin.layer, origin.call) not in done for origin in origins):
                waiting.append((layer, store, call))
            elif (layer.name, call) not in done:
                given = [_output(done, origin) for origin in origins]
                done[layer.name, call] = run_layer(build, layer, store, given)
        if len(waiting) == len(pending):
            # what reads itself, or something that the file lacks
            for layer, _, _ in waiting:
                build.leave_out(layer, "what it reads is missing", ())
            break
        pending = waiting
    ends = [origin for origin in model.outputs if (origin.layer, origin.call) in done]
    return [_output(done, origin) for origin in ends] or [Signal(missing=model.name)]


def _straight(
    build: Builder,
    layers: Sequence[KerasLayer],
    stores: Sequence[Weights],
    inputs: Sequence[Signal],
) -> list[Signal]:
    signals = list(inputs[:1])
    for layer, store in zip(layers, stores, strict=True):
        if layer.kind != "InputLayer":
            signals = run_layer(build, layer, store, signals)[:1]
    return signals


def _output(done: dict[tuple[str, int], list[Signal]], origin: Origin) -> Signal:
    signals = done[origin.layer, origin.call]
    if origin.output < len(signals):
        return signals[origin.output]
    return (
        signals[0] if signals[0].missing or signals[0].stands_in else Signal(missing=origin.layer)
    )


def run_layer(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    """One layer's outputs; where it is not run, the sequence or nothing in their place."""
    absent = next((signal.missing for signal in inputs if signal.missing), "")
    if absent or not inputs:
        build.leave_out(layer, f"reads {absent or 'nothing'}", inputs)
        return [Signal(missing=f"'{layer.name}'")]
    if layer.shape is not None and layer.kind not in MERGERS:
        inputs = [replace(inputs[0], shape=layer.shape), *inputs[1:]]
    _tell_precision(build, layer)
    try:
        return _handled(build, layer, weights, inputs)
    except NotRun as why:
        build.leave_out(layer, str(why), inputs)
    if any(signal.recurrent for signal in inputs):
        return [Signal(missing=f"'{layer.name}'")]
    return [Signal(stands_in=True)]


def _tell_precision(build: Builder, layer: KerasLayer) -> None:
    said = layer.config.get("dtype")
    policy = said if isinstance(said, str) else text(mapping(mapping(said).get("config")), "name")
    if "float16" in policy and policy != "float16":
        told = f"Keras computes in {one_line(policy)}, here it is the weights' dtype"
        note = Note(told, "--dtype", warning=True)
        if note not in build.notes:
            build.notes.append(note)


def _handled(
    build: Builder, layer: KerasLayer, weights: Weights, inputs: Sequence[Signal]
) -> list[Signal]:
    if layer.kind in MODELS:
        inner = describe(layer.kind, layer.config, f"{layer.place}/")
        return walk(build, inner, weights, inputs)
    if layer.kind == "TimeDistributed":
        inner_layer = mapping(layer.config.get("layer"))
        kind, config = text(inner_layer, "class_name"), mapping(inner_layer.get("config"))
        if kind not in _POINTWISE:
            raise NotRun(f"of {kind or 'an unknown layer'}")
        wrapped = replace(layer, kind=kind, config=config)
        return _POINTWISE[kind](build, wrapped, weights.part("layer"), inputs)
    if layer.kind not in HANDLERS:
        raise NotRun
    return HANDLERS[layer.kind](build, layer, weights, inputs)

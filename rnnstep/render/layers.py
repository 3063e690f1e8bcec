"""The layers of a model, a line each: what they are, and what they read."""

from __future__ import annotations

from rnnstep.model import Model
from rnnstep.source import SEQUENCE


def layer_lines(model: Model) -> list[str]:
    """``lstm/forward  LSTM 6→8 tanh sigmoid  reads emb``, halves below what they belong to."""
    names = [_indented(layer.name) for layer in model.layers]
    widest = max(map(len, names))
    summaries = [layer.summary for layer in model.layers]
    longest = max(map(len, summaries))
    return [
        f"{name:{widest}}  {summary:{longest}}  reads {_read(model, index)}"
        for index, (name, summary) in enumerate(zip(names, summaries, strict=True))
    ]


def _indented(name: str) -> str:
    path = name.split("/")
    return "  " * (len(path) - 1) + name


def _read(model: Model, index: int) -> str:
    def named(layer: int, final: bool) -> str:
        if layer == SEQUENCE:
            return "the sequence"
        return model.layers[layer].name + (" at its end" if final else "")

    return ", ".join(named(source.layer, source.final) for source in model.sources[index])

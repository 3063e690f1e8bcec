"""What may be done otherwise with biases: left out, added twice, on the other side of a gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from rnnstep.diagnosis.edits import Weights, change, each
from rnnstep.diagnosis.variant import Change
from rnnstep.layer import Layer

BIASES = ("b", "bx", "bh")
"""What the names of biases begin with."""
_FORGET = "b_f"


def bias_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise with the biases of a layer."""
    names = [name for name in layer.weights if name.split("_")[0] in BIASES]
    if not names:
        return
    needs, kind = "biases that are not zero", f"bias {index}"
    left_out = partial(each, names, np.zeros_like)
    yield change(index, kind, f"the biases{where} are left out", left_out, "load the biases", needs)
    yield change(
        index,
        kind,
        f"the biases{where} are added twice",
        partial(each, names, lambda array: 2 * array),
        "where a layer takes two biases, give the second one as zeros",
        needs,
    )
    yield from _two_biases(index, names, where, needs)
    if _FORGET in names:
        for step, told in ((1.0, "1 is added to"), (-1.0, "1 is subtracted from")):
            yield change(
                index,
                f"forget bias {index}",
                f"{told} the forget bias{where}",
                partial(each, [_FORGET], partial(np.add, np.float32(step))),
                "Keras adds it when it initializes, TensorFlow 1 in every step (forget_bias)",
            )


def _two_biases(index: int, names: Sequence[str], where: str, needs: str) -> Iterator[Change]:
    """Of a gate that has a bias for the input and one for the past, inside the reset gate."""
    kind = f"bias {index}"
    for outer, inner in ((name, f"bh{name[2:]}") for name in names if name.startswith("bx")):
        for name, told in ((outer, "input"), (inner, "recurrent")):
            yield change(
                index,
                kind,
                f"the {told} bias {name}{where} is left out",
                partial(each, [name], np.zeros_like),
                "a layer of this kind has two biases",
                needs,
            )
        for kept, gone, side in ((outer, inner, "outside"), (inner, outer, "inside")):
            yield change(
                index,
                kind,
                f"{outer} and {inner}{where} are both added {side} the reset gate",
                partial(_merged, kept, gone),
                "keep both biases apart",
                needs,
            )


def _merged(kept: str, gone: str, weights: Weights) -> Weights:
    both = weights[kept] + weights[gone]
    return weights | {kept: both, gone: np.zeros_like(both)}

"""Weights that PyTorch keeps in parts: what weight_norm divides is put together again."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from rnnstep.equations import Array
from rnnstep.notes import Note
from rnnstep.weights.remarks import some

_PARAMETRIZED = re.compile(r"(?P<layer>.*?)parametrizations\.(?P<leaf>[^.]+)\.original(?P<n>[01]?)")
_HOOKED = re.compile(r"(?P<name>.*)_(?P<part>g|v|orig)")


def put_together(tensors: Mapping[str, Array]) -> tuple[dict[str, Array], tuple[Note, ...]]:
    """The tensors with each pair of weight_norm, size g and direction v, as g · v / ‖v‖.

    Names: ``parametrizations.weight.original0`` and ``1`` (torch.nn.utils.parametrizations), or
    ``weight_g`` and ``weight_v`` (torch.nn.utils.weight_norm). Other parametrizations cannot
    be computed from their tensors' names: they are left as they are, and said.
    """
    parts: dict[str, dict[str, str]] = {}
    for name in tensors:
        if found := _PARAMETRIZED.fullmatch(name):
            part = {"0": "g", "1": "v", "": "orig"}[found["n"]]
            parts.setdefault(found["layer"] + found["leaf"], {})[part] = name
        elif hooked := _HOOKED.fullmatch(name):
            parts.setdefault(hooked["name"], {})[hooked["part"]] = name
    result, notes, unknown = dict(tensors), [], []
    for name, pair in parts.items():
        if pair.keys() >= {"g", "v"} and name not in tensors:
            weight = _normed(tensors[pair["g"]], tensors[pair["v"]])
            if weight is not None:
                result = _replaced(result, {pair["g"]: None, pair["v"]: (name, weight)})
                notes.append(Note(f"'{name}' = g · v / ‖v‖, from {pair['g']} and {pair['v']}"))
                continue
        if "orig" in pair:
            unknown.append(pair["orig"])
    if unknown:
        how = "remove it before saving: torch.nn.utils.parametrize.remove_parametrizations"
        told = f"a parametrization or a pruning is not applied to {some(unknown)}"
        notes.append(Note(f"{told}; {how}", warning=True))
    return result, tuple(notes)


def _replaced(
    tensors: dict[str, Array], changes: dict[str, tuple[str, Array] | None]
) -> dict[str, Array]:
    """The tensors in the same order, some under another name, some left out."""
    pairs = (
        (changes.get(n, (n, array)) if n in changes else (n, array)) for n, array in tensors.items()
    )
    return dict(pair for pair in pairs if pair is not None)


def _normed(size: Array, direction: Array) -> Array | None:
    """The product g · v / ‖v‖, with the norm over the axes in which g has length 1."""
    if direction.dtype.kind != "f" or size.dtype.kind != "f":
        return None
    if size.ndim not in (0, direction.ndim):
        return None
    axes = tuple(i for i in range(direction.ndim) if size.ndim == 0 or size.shape[i] == 1)
    fits = size.ndim == 0 or all(
        a in (1, b) for a, b in zip(size.shape, direction.shape, strict=True)
    )
    if not fits:
        return None
    wide = direction.astype(np.float64)
    with np.errstate(all="ignore"):
        norm = np.sqrt((wide * wide).sum(axis=axes, keepdims=True))
        weight: Array = (size.astype(np.float64) * wide / norm).astype(direction.dtype)
    return weight

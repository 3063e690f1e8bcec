"""Linear layers that together are one recurrent layer: ``W_xh.weight`` and ``W_hh.weight``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rnnstep.weights.conventions import KERNEL, RECURRENT
from rnnstep.weights.spelling import OF_LAYER, Place, role_of
from rnnstep.weights.templates import match_gates, plainly

_LEAVES = {"weight": "", "kernel": "", "bias": OF_LAYER}
_SHORTEST = 3
"""Letters that a layer's name has to have to say a role: one called ``u`` may be anything."""


def as_one_layer(places: Mapping[str, Place]) -> dict[str, Place]:
    """The places of tensors, where linear layers beside each other are one recurrent layer.

    ``rnn.W_xh.weight`` then is the tensor W_xh of the layer rnn, and its bias W_xh.bias.
    """
    inside: dict[str, set[str]] = {}
    for place in places.values():
        if place.leaf in _LEAVES and place.layer and place.depth is None:
            parent, _, own = place.layer.rpartition("/")
            inside.setdefault(parent, set()).add(own)
    taken = {
        f"{parent}/{own}".lstrip("/"): Place(parent, own)
        for parent, layers in inside.items()
        for own in _recurrent(layers)
    }
    return {name: _moved(place, taken) for name, place in places.items()}


def _recurrent(layers: Iterable[str]) -> list[str]:
    """Those of the linear layers that are the kernels of one recurrent layer."""
    plain = {plainly(name): name for name in layers}
    match = match_gates(plain)
    if match is not None:
        kernels = [f(gate) for f in (match.kernel, match.recurrent) for gate in match.letters]
        return [plain[kernel] for kernel in kernels if kernel]
    roles = {role_of(name): name for name in plain.values() if len(name) >= _SHORTEST}
    both = (KERNEL, RECURRENT)
    return [roles[role] for role in both] if roles.keys() >= set(both) else []


def _moved(place: Place, taken: Mapping[str, Place]) -> Place:
    if place.layer not in taken or place.leaf not in _LEAVES:
        return place
    found = taken[place.layer]
    return Place(found.layer, found.leaf + _LEAVES[place.leaf])

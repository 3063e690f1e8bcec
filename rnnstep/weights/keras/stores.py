"""Where a layer's weights are in a file: by their paths as Keras 3 does, or in lists by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.keras.named import role_of
from rnnstep.weights.keras.signal import KerasLayer
from rnnstep.weights.plan import Tensor

CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_self_tracked_trackables")
"""What the group of a model's layers is called: by Keras 3, and by TensorFlow 2.12 on."""


class Weights(Protocol):
    """The weights of a layer or of a part of it."""

    def take(self, roles: Sequence[str]) -> dict[str, Tensor]:
        """The tensors of these roles; one that the layer lacks is absent."""

    def part(self, attribute: str, hint: str = "") -> Weights:
        """The weights of a layer within this one, by its attribute; the hint is in its names."""

    def layers(self, layers: Sequence[KerasLayer], within: str = "") -> list[Weights]:
        """The weights of each layer of a model, or of each cell of a stack."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Keras 3: ``layers/lstm_1/cell/vars/0``, numbered in the order in which they were made."""

    contents: Contents
    path: str = ""

    def take(self, roles: Sequence[str]) -> dict[str, Tensor]:
        """See :class:`Weights`."""
        names = [_joined(self.path, f"vars/{number}") for number in range(len(roles))]
        return {
            role: Tensor(name, self.contents.tensors[name])
            for role, name in zip(roles, names, strict=True)
            if name in self.contents.tensors
        }

    def part(self, attribute: str, hint: str = "") -> Paths:  # noqa: ARG002 - paths say all
        """See :class:`Weights`."""
        return Paths(self.contents, _joined(self.path, attribute))

    def layers(self, layers: Sequence[KerasLayer], within: str = "") -> list[Weights]:
        """See :class:`Weights`: the group of each is named after its class, and counted."""
        container = _joined(self.path, within or self._container())
        counts: dict[str, int] = {}
        found: list[Weights] = []
        for layer in layers:
            name = snake_case(layer.kind)
            count = counts[name] = counts.get(name, -1) + layer.layer
            path = f"{container}/{name}_{count}" if count > 0 else f"{container}/{name}"
            found.append(Paths(self.contents, self._named(container, layer.name) or path))
        return found

    def _container(self) -> str:
        for name in CONTAINERS:
            start = _joined(self.path, name) + "/"
            if any(tensor.startswith(start) for tensor in self.contents.tensors):
                return name
        return CONTAINERS[0]

    def _named(self, container: str, name: str) -> str:
        """The group that says that it is the layer of this name."""
        return self.contents.named.get((container, name), "")


@dataclass(eq=False)
class Bag:
    """Keras 1 and 2, and .h5 since: a list of a layer's weights, those of its parts among them.

    Each is taken once, the first of its role that fits the hints best.
    """

    tensors: list[Tensor]
    hints: tuple[str, ...] = ()

    def take(self, roles: Sequence[str]) -> dict[str, Tensor]:
        """See :class:`Weights`."""
        if self.tensors and not any(role_of(tensor.name) for tensor in self.tensors):
            taken = self.tensors[: len(roles)]
            del self.tensors[: len(roles)]
            return dict(zip(roles, taken, strict=False))
        found: dict[str, Tensor] = {}
        for role in roles:
            fitting = [tensor for tensor in self.tensors if role_of(tensor.name) == role]
            if fitting:
                found[role] = max(fitting, key=self._fit)
                self.tensors = [t for t in self.tensors if t is not found[role]]
        return found

    def part(self, attribute: str, hint: str = "") -> Bag:  # noqa: ARG002 - lists know no paths
        """See :class:`Weights`."""
        return _Shared(self, (*self.hints, hint) if hint else self.hints)

    def layers(self, layers: Sequence[KerasLayer], within: str = "") -> list[Weights]:  # noqa: ARG002
        """See :class:`Weights`."""
        return [_Shared(self, (*self.hints, layer.name)) for layer in layers]

    def _fit(self, tensor: Tensor) -> int:
        parts = re.split(r"[/:]", tensor.name)
        return sum(any(p == h or p.startswith(f"{h}_") for p in parts) for h in self.hints)


class _Shared(Bag):
    """The same list with more hints: what a part takes, the others do not find any more."""

    def __init__(self, whole: Bag, hints: tuple[str, ...]) -> None:
        self._whole = whole
        self.hints = hints

    @property
    def tensors(self) -> list[Tensor]:
        """What is left of the whole list."""
        return self._whole.tensors

    @tensors.setter
    def tensors(self, left: list[Tensor]) -> None:
        self._whole.tensors = left


@dataclass(frozen=True, eq=False)
class Lists:
    """The top of such a file: the list of each layer by its name."""

    bags: Mapping[str, Sequence[Tensor]]

    def take(self, roles: Sequence[str]) -> dict[str, Tensor]:  # noqa: ARG002
        """See :class:`Weights`: a whole model has none of its own."""
        return {}

    def part(self, attribute: str, hint: str = "") -> Bag:  # noqa: ARG002
        """See :class:`Weights`."""
        return Bag([])

    def layers(self, layers: Sequence[KerasLayer], within: str = "") -> list[Weights]:  # noqa: ARG002
        """See :class:`Weights`."""
        return [Bag(list(self.bags.get(layer.name, ()))) for layer in layers]


def snake_case(kind: str) -> str:
    """``StackedRNNCells`` is ``stacked_rnn_cells``: keras/src/utils/naming.py."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _joined(path: str, more: str) -> str:
    return f"{path}/{more}" if path else more

"""What flows from one Keras layer to the next: which value it is, and in which order of time."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstep.layer import Link
from rnnstep.weights.keras.parts import Config, Shape

THE_SEQUENCE = Link()


@dataclass(frozen=True)
class Signal:
    """One tensor of the model.

    Attributes:
        link: the value of a layer that it is, in real time.
        shape: as Keras states it.
        sequence: whether it has a time axis; else it is what a layer ends with.
        flipped: whether Keras has its timesteps in reversed order, after ``go_backwards``.
        mask: marks the timesteps that are not padding.
        masked_in_order: whether the mask is in the order of the signal's timesteps.
        recurrent: whether a recurrent layer comes before it.
        missing: the layer that is not run, so that the signal cannot be had.
        stands_in: the sequence itself, in place of layers that are not run.
    """

    link: Link = THE_SEQUENCE
    shape: Shape | None = None
    sequence: bool = True
    flipped: bool = False
    mask: Link | None = None
    masked_in_order: bool = True
    recurrent: bool = False
    missing: str = ""
    stands_in: bool = False


@dataclass(frozen=True)
class Origin:
    """Which output of which call of a layer an argument is."""

    layer: str
    call: int = 0
    output: int = 0


@dataclass(frozen=True)
class KerasLayer:
    """One layer as the config describes it.

    Attributes:
        kind: its class.
        name: in its model.
        config: its settings.
        place: its name among all layers: ``encoder/lstm`` in a nested model.
        shape: of its input, where the file states it.
        calls: the arguments of each time it is called, in a functional model.
        layer: whether it is a layer; Keras 3 also lists single operations.
    """

    kind: str
    name: str
    config: Config
    place: str
    shape: Shape | None = None
    calls: tuple[tuple[Origin, ...], ...] = ()
    layer: bool = True

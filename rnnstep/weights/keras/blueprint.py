"""From what a Keras file holds to a model's description."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.keras.builder import Builder
from rnnstep.weights.keras.config import MODELS, Described, describe
from rnnstep.weights.keras.functions import NotRun
from rnnstep.weights.keras.graph import walk
from rnnstep.weights.keras.hdf5 import Contents
from rnnstep.weights.keras.named import join_gates
from rnnstep.weights.keras.parts import mapping, one_line, parse, text
from rnnstep.weights.keras.signal import Signal
from rnnstep.weights.keras.stores import CONTAINERS, Lists, Paths, Weights
from rnnstep.weights.keras.unnamed import unnamed
from rnnstep.weights.plan import Blueprint, Tensor
from rnnstep.weights.request import Request

_MOST_INPUTS = 16


@dataclass(eq=False)
class Saved:
    """What a Keras file holds.

    Attributes:
        path: the file.
        contents: its arrays and attributes.
        config: the model's description, JSON; ``None`` if there are only weights.
        version: of the Keras that wrote it.
        place: what the description is called in the file.
        group: the group of the weights.
    """

    path: Path
    contents: Contents
    config: str | None
    version: str
    place: str
    group: str = ""

    @property
    def described(self) -> bool:
        """Whether the file says which layers it has."""
        return self.config is not None

    @property
    def known(self) -> bool:
        """Whether the weights are laid out as Keras does it."""
        starts = tuple(f"{name}/" for name in CONTAINERS)
        return self.listed or any(name.startswith(starts) for name in self.contents.tensors)

    @property
    def listed(self) -> bool:
        """Whether the weights are in lists by name, as before Keras 3 and in every .h5."""
        return bool(self.contents.texts(self.group, "layer_names"))

    @cached_property
    def lists(self) -> tuple[dict[str, list[Tensor]], dict[str, dict[str, str]]]:
        """Each layer's weights in the file's order; and what was joined, see :mod:`.named`."""
        found: dict[str, list[Tensor]] = {}
        joined: dict[str, dict[str, str]] = {}
        for raw in self.contents.texts(self.group, "layer_names"):
            layer = one_line(raw)
            group = "/".join(filter(None, (self.group, layer)))
            names = [
                f"{group}/{one_line(name)}" for name in self.contents.texts(group, "weight_names")
            ]
            held = [
                Tensor(n, self.contents.tensors[n]) for n in names if n in self.contents.tensors
            ]
            found[layer], more = join_gates(held)
            joined |= more
        return found, joined

    @property
    def weights(self) -> Weights:
        """Where the layers' weights are."""
        return Lists(self.lists[0]) if self.listed else Paths(self.contents)


def blueprint(saved: Saved, request: Request) -> Blueprint:
    """The model that the file describes, or that its weights' names tell.

    Raises:
        InputError: a description that cannot be read, or weights that do not fit it.
    """
    build, outputs = _built(saved, request)
    plans = build.finish(outputs)
    notes = [*_about(saved, build.described), *build.notes]
    return Blueprint(plans, tuple(notes), build.shapes)


def _about(saved: Saved, described: bool) -> list[Note]:
    by = f"Keras {saved.version}" if saved.version else "Keras 1, for no version is noted"
    notes: list[Note] = []
    if described:
        notes = [Note(f"layers as {saved.place} describes them ({by})")]
    elif not saved.described:
        told = f"weights alone ({by if saved.version else 'Keras'}): {_unsaid(saved)}"
        how = "open the .keras or whole-model file if there is one"
        notes = [Note(f"{told} are not in this file; {how}", warning=True)]
    training = saved.contents.training
    if training:
        told = "the optimizer's and random generators', which only training needs"
        notes.append(Note(f"{len(training)} arrays not read: {told}"))
    return notes


def _unsaid(saved: Saved) -> str:
    """What only a description says; a list by name says the order of the layers."""
    settings = "masks, directions, return_sequences and activations"
    return settings if saved.listed else f"order, {settings}"


def _builder(saved: Saved, request: Request) -> Builder:
    floats = [a.dtype for a in saved.contents.tensors.values() if a.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype(np.float32)
    joined = saved.lists[1] if saved.listed else {}
    return Builder(saved.path, request, saved.version, dtype=dtype, joined=joined)


def _built(saved: Saved, request: Request) -> tuple[Builder, list[Signal]]:
    if not saved.described:
        build = _builder(saved, request)
        return _unnamed(build, saved)
    found = mapping(parse(saved.config or "", f"{saved.path}: {saved.place}"))
    kind, config = text(found, "class_name"), found.get("config")
    kind = kind if kind in MODELS else "Functional"
    try:
        model = describe(kind, config)
    except NotRun as why:
        build = _builder(saved, request)
        told = f"{text(found, 'class_name') or 'the model'} is a class of its own ({why})"
        what = f"layers by the names of their weights; {_unsaid(saved)} are not said"
        build.notes.append(Note(f"{told}: {what}", warning=True))
        return _unnamed(build, saved)
    if model.sequential:
        return _run(saved, request, model, 0)
    if not model.inputs or not model.outputs:
        raise InputError(f"{saved.path}: {saved.place} names no input or no output layer")
    tried = [_run(saved, request, model, i) for i in range(min(len(model.inputs), _MOST_INPUTS))]
    # the sequence is the input that reaches most of the recurrent layers
    return max(tried, key=lambda run: (len(run[0].carrying), len(run[0].plans)))


def _unnamed(build: Builder, saved: Saved) -> tuple[Builder, list[Signal]]:
    build.described = False
    return build, unnamed(build, saved.contents, saved.lists[0] if saved.listed else None)


def _run(
    saved: Saved, request: Request, model: Described, chosen: int
) -> tuple[Builder, list[Signal]]:
    build = _builder(saved, request)
    signals = [
        Signal(shape=shape) if index == chosen else Signal(missing=f"'{name}', another input")
        for index, (name, shape) in enumerate(_inputs(model))
    ]
    if len(signals) > 1:
        text_ = f"the sequence is the input '{_inputs(model)[chosen][0]}' of {len(signals)}"
        build.notes.append(Note(text_, warning=True))
    return build, walk(build, model, saved.weights, signals)


def _inputs(model: Described) -> list[tuple[str, tuple[int | None, ...] | None]]:
    if model.sequential:
        return [("", model.shapes[0])]
    return [(o.layer, s) for o, s in zip(model.inputs, model.shapes, strict=True)]

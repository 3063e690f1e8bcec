"""A live torch.nn module: its recurrent layers, and what runs before and after them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.chain import chained, linked
from rnnstep.weights.files import TensorFile
from rnnstep.weights.live.torchlayers import CELLS, STACKS, Part, layers_of
from rnnstep.weights.plan import Blueprint
from rnnstep.weights.request import Request

_CONTAINERS = ("", "Module", "Sequential", "ModuleList", "ModuleDict")


def is_torch(module: Any) -> bool:
    """Whether an object is a torch.nn.Module; torch is not imported to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(module, torch.nn.Module)


def torch_module(module: Any) -> tuple[TensorFile, bool]:
    """A module's tensors and layers, and whether a batch is (timesteps, samples, …) to it.

    Raises:
        InputError: no layer in it is known.
    """
    parts = list(_parts(module))
    kind = type(module).__name__
    if not any(part.kind in STACKS + CELLS for part in parts):
        known = ", ".join(STACKS + CELLS)
        raise InputError(f"{kind}: has no recurrent layer; known: {known}")
    tensors: dict[str, Array] = {}
    for part in parts:
        tensors |= part.tensors
    recurrent = [part for part in parts if part.kind in STACKS]
    time_first = bool(recurrent) and not recurrent[0].module.batch_first
    file = TensorFile(Path(kind), tensors, blueprint=partial(_blueprint, module, parts))
    return file, time_first or not recurrent


def _parts(module: Any) -> Iterator[Part]:
    """The modules in it that are layers, in the order in which they were made."""
    torch = sys.modules["torch"]
    sequential: set[str] = set()
    within: tuple[str, ...] = ()
    for name, part in module.named_modules():
        if isinstance(part, torch.nn.Sequential):
            sequential.add(name)
        kind = next(
            (c.__name__ for c in type(part).__mro__ if c.__module__.startswith("torch.nn.modules")),
            "",
        )
        inside = name.startswith(tuple(f"{other}." for other in within))
        if kind in _CONTAINERS or inside:
            continue
        if kind in STACKS:
            within = (*within, name)
        runs = name.rpartition(".")[0] in sequential
        yield Part(name or kind.lower(), kind, part, runs, torch)


def _kind(module: Any) -> str:
    """The class of torch.nn that a module is, itself or by what it is derived from."""
    own = (c for c in type(module).__mro__ if c.__module__.startswith("torch.nn.modules"))
    return next((c.__name__ for c in own), "")


def _blueprint(module: Any, parts: list[Part], request: Request) -> Blueprint:
    bundles, notes = [], []
    for part in parts:
        found, said = layers_of(part, request)
        bundles += found
        notes += said
    chain = chained(bundles, True, request.layer)
    kind = type(module).__name__
    notes.insert(0, Note(f"the live module {kind}, as in evaluation"))
    if len(parts) > 1 and kind != "Sequential":
        told = "modules in the order in which they were made; what forward() does between them"
        notes.append(Note(f"{told} is not seen", warning=True))
    return Blueprint(linked(chain.bundles), (*notes, *chain.notes), left=chain.left)

"""What is said about a weight file: how it was read, what was assumed, what is left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from rnnstep.arrays import LOOKED_AT
from rnnstep.cells import Cell
from rnnstep.equations import Array
from rnnstep.notes import Note
from rnnstep.weights.files import TensorFile
from rnnstep.weights.plan import Plan
from rnnstep.weights.request import FLAGGED_OPTIONS, Request

_NAMED = 6
"""Tensors that a note names before it counts the others."""


def as_read(plans: Sequence[Plan], cells: Sequence[Cell], request: Request) -> list[Note]:
    """What each layer was read as, and the options that nothing said: the cells' defaults.

    What holds of several layers is said once.
    """
    recurrent = any(cell.recurrent for cell in cells)
    holders: dict[Note, list[str]] = {}
    for plan, cell in zip(plans, cells, strict=True):
        # the flags are for the recurrent layers, where there are any
        meant = cell.recurrent or not recurrent
        assumed = [
            Note(f"{option} {function}, not said by the file", flag_of(option) if meant else "")
            for option, function in cell.options.items()
            if option not in request.options and option not in plan.options
        ]
        for note in (*plan.notes, *assumed):
            holders.setdefault(note, []).append(plan.name)
    return [note.replaced(text=f"{some(names)}: {note.text}") for note, names in holders.items()]


def flag_of(option: str) -> str:
    """The command's flag for a cell's option, if it has one."""
    return f"--{option.replace('_', '-')}" if option in FLAGGED_OPTIONS else ""


def left_over(file: TensorFile, unused: Sequence[str], request: Request) -> list[Note]:
    """The tensors that no layer takes; those without the prefix were not meant to be read."""
    left = [name for name in unused if name.startswith(request.prefix)]
    others = len(unused) - len(left)
    told = f"{others} tensors do not begin with '{request.prefix}'"
    notes = [Note(told, "--prefix")] if others else []
    if left:
        text = f"not used from {file.path.name}: {some(left)}"
        notes.append(Note(text, warning=True))
    return notes


def some(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def quick_to_see(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The start of each tensor, small ones whole, as many numbers as are soon looked at."""
    left, seen = LOOKED_AT, {}
    ranked = sorted(tensors, key=lambda name: tensors[name].size)
    for place, name in enumerate(ranked):
        share = left // (len(ranked) - place)
        seen[name] = _start(tensors[name], share)
        left -= seen[name].size
    return {name: seen[name] for name in tensors}


def _start(tensor: Array, most: int) -> Array:
    """The first numbers of a tensor; flat, if they are not all, and without a copy."""
    if tensor.size <= most:
        return tensor
    order: Literal["C", "F"] = "C" if tensor.flags.c_contiguous else "F"
    return tensor.reshape(-1, order=order)[:most]


def not_finite(tensors: Mapping[str, Array]) -> list[Note]:
    """A warning for each tensor that holds NaN or infinity."""
    return [
        Note(f"weight '{name}' holds {count} NaN or infinite values", warning=True)
        for name, tensor in tensors.items()
        if (count := _count(tensor))
    ]


def partly_seen(tensors: Mapping[str, Array], seen: Mapping[str, Array]) -> list[Note]:
    """A word on tensors of which :func:`quick_to_see` gives the start alone."""
    partly = [name for name, tensor in tensors.items() if seen[name].size < tensor.size]
    text = f"looked at for NaN in part, as they are large: {some(partly)}; in full: rnnstep inspect"
    return [Note(text, aside=True)] if partly else []


def _count(tensor: Array) -> int:
    return int((~np.isfinite(tensor)).sum()) if tensor.dtype.kind == "f" else 0

"""Tensors as a pickle describes them: a stretch of a storage, a shape, strides; all checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnnstep.arrays import native
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.torch.layout import Layout
from rnnstep.weights.torch.pickles import Made, Named, Stored

DTYPES = {
    "Double": "f8",
    "Float": "f4",
    "Half": "f2",
    "BFloat16": "u2",
    "Long": "i8",
    "Int": "i4",
    "Short": "i2",
    "Char": "i1",
    "Byte": "u1",
    "Bool": "?",
}
"""The numbers of each storage class; bfloat16 is the upper half of a float32."""

_OTHERS = {
    "ComplexFloat": 8,
    "ComplexDouble": 16,
    "QInt8": 1,
    "QUInt8": 1,
    "QInt32": 4,
    "Untyped": 1,
}
_REBUILT = ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor")
_WRAPPED = (
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch.nn.parameter.Parameter",
)
_ALWAYS_ALLOWED = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Described:
    """A tensor that is not read yet."""

    key: str
    kind: str
    count: int
    offset: int = 0
    shape: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()


def described(made: Any) -> Described | None:
    """What a call says of a tensor; ``None`` if it is not such a call, or not of plain numbers."""
    for _ in range(3):
        if isinstance(made, Made) and made.by in _WRAPPED and isinstance(made.arguments, tuple):
            made = made.arguments[0] if made.arguments else None
    if not isinstance(made, Made) or made.by not in _REBUILT:
        return None
    match made.arguments:
        case (Stored(("storage", Named(kind), str(key), _, int(count), *_)), *place):
            kind = kind.rpartition(".")[2].removesuffix("Storage")
            return _placed(Described(key, kind, count), place[:3])
    return None


def _placed(whole: Described, place: list[Any]) -> Described | None:
    match place:
        case [int(offset), tuple(shape), tuple(strides)] if len(shape) == len(strides):
            if all(type(number) is int for number in (*shape, *strides)):
                return replace(whole, offset=offset, shape=shape, strides=strides)
    return None


def check(layout: Layout) -> None:
    """Refuse tensors that reach outside of their storage, and storages that are not there.

    Raises:
        InputError: what is said, and what there is.
    """
    where = layout.path
    seen: dict[str, int] = {}
    for stored in layout.tree.stored:
        match stored.about:
            case ("storage", Named(kind), str(key), _, int(count), *_) if count >= 0:
                size = count * _size(kind.rpartition(".")[2].removesuffix("Storage"))
                # PyTorch itself looks at the sizes of kinds that are not known here
                seen[key] = max(seen.get(key, 0), size or layout.records.get(key, 0))
            case _:
                raise InputError(f"{where}: damaged: a tensor whose numbers are nowhere")
    for key, size in seen.items():
        if layout.records and layout.records.get(key) != size:
            told = f"storage '{key[:20]}' should have {size:,} bytes"
            raise InputError(f"{where}: damaged: {told}, and has {layout.records.get(key, 0):,}")
    if sum(seen.values()) > layout.room:
        told = f"its tensors need {sum(seen.values()):,} bytes, it has {layout.room:,}"
        raise InputError(f"{where}: truncated: {told}")
    _check_reach(layout)


def _check_reach(layout: Layout) -> None:
    total = 0
    for made in layout.tree.made:
        if made.by in _REBUILT:
            tensor = described(made)
            if tensor is None or not _fits(tensor):
                raise InputError(f"{layout.path}: damaged: a tensor reaches beyond its numbers")
            size = int(np.prod(tensor.shape, dtype=object))
            # what is expanded from fewer numbers takes more room than it has in the file
            total += size * _size(tensor.kind) if size > tensor.count else 0
    if total > _ALWAYS_ALLOWED:
        raise InputError(f"{layout.path}: its expanded tensors would take {total:,} bytes: refused")


def _fits(tensor: Described) -> bool:
    if min((*tensor.shape, *tensor.strides, tensor.offset), default=0) < 0:
        return False
    if 0 in tensor.shape:
        return True
    last = sum((n - 1) * s for n, s in zip(tensor.shape, tensor.strides, strict=True))
    return tensor.offset + last < tensor.count


def _size(kind: str) -> int:
    return np.dtype(DTYPES[kind]).itemsize if kind in DTYPES else _OTHERS.get(kind, 0)


def read_described(layout: Layout, tensors: Iterable[tuple[str, Described]]) -> dict[str, Array]:
    """Tensors from the records of a zip, those of one storage as views of the same numbers.

    Raises:
        InputError: complex or quantized numbers, by the tensor's name.
    """
    flat: dict[tuple[str, str], Array] = {}
    found = {}
    for name, tensor in tensors:
        if tensor.kind not in DTYPES:
            raise InputError(f"{layout.path}: '{name}' holds {tensor.kind} numbers; save float32")
        place = (tensor.key, tensor.kind)
        if place not in flat:
            flat[place] = _numbers(layout, tensor)
        numbers = flat[place][tensor.offset :]
        steps = tuple(step * numbers.itemsize for step in tensor.strides)
        found[name] = np.lib.stride_tricks.as_strided(numbers, tensor.shape, steps, writeable=False)
    return found


def _numbers(layout: Layout, tensor: Described) -> Array:
    dtype = np.dtype(DTYPES[tensor.kind]).newbyteorder(">" if layout.big else "<")
    flat: Array = np.frombuffer(layout.record(f"data/{tensor.key}"), dtype)
    if tensor.kind == "BFloat16":
        return (flat.astype(np.uint32) << 16).view(np.float32)
    return native(flat)

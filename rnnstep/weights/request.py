"""What the user said about the weights, in place of what the file lets one infer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict, Unpack

from rnnstep.errors import InputError
from rnnstep.record import Record

if TYPE_CHECKING:
    import numpy.typing as npt

DTYPES = ("float16", "float32", "float64")
"""What ``dtype=`` may be."""

FLAGGED_OPTIONS = ("activation", "recurrent_activation")
"""The cells' options that the user can say a function for."""

_GATES = {"c": "g", "j": "g", "h": "n"}
"""Other letters for a candidate: Keras' c and h, TensorFlow 1's j."""
_KNOWN_ORDERS = ({"i", "f", "g", "o"}, {"r", "z", "n"})


class Request(Record):
    """What the user said.

    Attributes:
        cell: a cell's name or file.
        options: functions for its options, such as ``activation``.
        dtype: of every value.
        gate_order: the gates' suffixes in the order in which the file stacks them.
        prefix: what the names of the tensors to be read begin with.
        rename: other names for tensors.
        layer: of stacks that do not run one after another the one that has this layer is meant;
            the first one if empty.
    """

    cell: str = ""
    options: Mapping[str, str] = MappingProxyType({})
    dtype: npt.DTypeLike | None = None
    gate_order: tuple[str, ...] = ()
    prefix: str = ""
    rename: Mapping[str, str] = MappingProxyType({})
    layer: str = ""


class Said(TypedDict, total=False):
    """What a user says about a weight file, as every function that opens one takes it.

    ``cell``: a built-in cell's name or a cell file, in place of what the file suggests.
    ``activation``: a function for the recurrent cell's option of that name.
    ``recurrent_activation``: likewise, of the gates.
    ``dtype``: ``float16``, ``float32`` or ``float64``; by default the weights' own.
    ``gate_order``: how the file stacks the gates: ``i,f,c,o``, ``z,r,h``.
    ``prefix``: only tensors whose names begin so are read.
    ``rename``: other names for tensors: ``OLD=NEW,OLD=NEW``.
    """

    cell: str
    activation: str
    recurrent_activation: str
    dtype: str | None
    gate_order: str
    prefix: str
    rename: str


def make_request(**said: Unpack[Said]) -> Request:
    """What the user said, checked as far as it can be without a file.

    Raises:
        InputError: an unknown dtype, or an order or renaming that cannot be read.
        TypeError: a name that :class:`Said` has not.
    """
    for name in said.keys() - Said.__annotations__.keys():
        raise TypeError(f"got an unexpected keyword argument '{name}'")
    dtype = said.get("dtype")
    if dtype is not None and dtype not in DTYPES:
        raise InputError(f"unknown dtype '{dtype}'; known: {', '.join(DTYPES)}")
    given = (said.get("activation", ""), said.get("recurrent_activation", ""))
    options = {o: function for o, function in zip(FLAGGED_OPTIONS, given, strict=True) if function}
    return Request(
        said.get("cell", ""),
        options,
        dtype,
        _order(said.get("gate_order", "")),
        said.get("prefix", ""),
        _renaming(said.get("rename", "")),
    )


def _order(text: str) -> tuple[str, ...]:
    letters = [letter for letter in text.lower() if letter not in ", "]
    order = tuple(_GATES.get(letter, letter) for letter in letters)
    if order and (set(order) not in _KNOWN_ORDERS or len(set(order)) < len(order)):
        known = "an LSTM's i, f, g (or c, j), o or a GRU's r, z, n (or h), each once"
        raise InputError(f"--gate-order {text}: name {known}, such as i,o,f,c")
    return order


def _renaming(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for old, sign, new in pairs:
        if not (sign and old.strip() and new.strip()):
            raise InputError(f"--rename {text}: write OLD=NEW,OLD=NEW")
    return {old.strip(): new.strip() for old, _, new in pairs}

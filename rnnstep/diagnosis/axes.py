"""What may be done otherwise with the axes of a batch: batch and time swapped, or reshaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnnstep.diagnosis.variant import Apply, Change, Places, Variant
from rnnstep.equations import Array

_SWAP = "batch_first (PyTorch), time_major (TensorFlow), layout (ONNX), or np.swapaxes(x, 0, 1)"
_VIEW = "np.swapaxes(x, 0, 1), not reshape: numbers of one sequence must stay together"
_OTHER = "another sequence of the batch (--sample)"
Way = tuple[str, str, Array, Places]
"""What is done otherwise, what to look at, the sequences that are run, and where each row is."""


@dataclass(frozen=True, eq=False)
class Batched:
    """The batch that the sequence of a run is one of.

    Attributes:
        xs: all of it, (samples, timesteps, features); only what is needed of it is read.
        sample: which sequence it is.
    """

    xs: Array
    sample: int


def axis_changes(variant: Variant, batch: Batched, rows: int) -> Iterator[Change]:
    """What may be done otherwise with the axes of a batch.

    Args:
        variant: the run itself.
        batch: what its sequence is one of.
        rows: timesteps of the reference, from the first to the last.
    """
    count, length = batch.xs.shape[:2]
    ways = [*_swaps(batch)]
    # where both axes are as long, reshaping leaves all as it is
    ways += [*_reshapes(batch, count, length)] if count != length else []
    for words, hint, sequences, places in ways:
        # a reference that goes on where such a run has ended is not of one
        if _inside(places, sequences, rows):
            apply = _on(variant.xs, sequences, places)
            yield Change("axes", words, apply, hint, "sequences that differ", apart=_OTHER)


def _swaps(batch: Batched) -> Iterator[Way]:
    swapped, s = np.swapaxes(batch.xs, 0, 1), batch.sample
    told = "the batch is read as (time, batch, features)"
    row = f"row t of the reference is timestep {s} of the sequence"
    yield f"{told}: the sequence is batch[:, {s}], not batch[{s}]", _SWAP, swapped, _one(s)
    yield f"{told}: {row} batch[:, t]", _SWAP, swapped, _across(s)
    told = "batch and time of the values are swapped"
    yield f"{told}: {row} batch[t]", "np.swapaxes(h, 0, 1)", batch.xs, _across(s)


def _reshapes(batch: Batched, count: int, length: int) -> Iterator[Way]:
    first, s = batch.sample * length, batch.sample
    told = "the values {} are reshaped to {}, not transposed"
    by_time, by_sample = "(time, batch, units)", "(batch, time, units)"
    yield told.format(by_time, by_sample), _VIEW, batch.xs, _flat(first, 1, count, True)
    yield told.format(by_sample, by_time), _VIEW, batch.xs, _flat(s, count, length, False)
    told = "the batch is reshaped to (time, batch, features), not transposed"
    reshaped = np.swapaxes(batch.xs.reshape(length, count, *batch.xs.shape[2:]), 0, 1)
    yield told, _VIEW, reshaped, _one(s)
    yield f"{told}, and the values back", _VIEW, reshaped, _flat(first, 1, count, True)


def _one(sequence: int) -> Places:
    return lambda times: (np.full_like(times, sequence), times)


def _across(time: int) -> Places:
    return lambda times: (times, np.full_like(times, time))


def _flat(start: int, step: int, inner: int, time_first: bool) -> Places:
    """Where each row stands in values whose two axes, the second ``inner`` long, are one."""

    def places(times: Array) -> tuple[Array, Array]:
        outer, place = np.divmod(start + step * times, inner)
        return (place, outer) if time_first else (outer, place)

    return places


def _inside(places: Places, sequences: Array, rows: int) -> bool:
    which, when = places(np.arange(rows))
    return bool(which.max() < sequences.shape[0] and when.max() < sequences.shape[1])


def _on(given: Array, sequences: Array, places: Places) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        # sequences that were changed before, or are of something else, would be lost
        if variant.xs is not given or variant.goes_on:
            return None
        return replace(variant, sequences=sequences, places=places)

    return apply

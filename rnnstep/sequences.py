"""Input sequences: from a file's axes to (timesteps, features), and what was inferred."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnstep.arrays import LOOKED_AT, MAGIC, native, open_binary, read_npy
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.labels import Labels
from rnnstep.notes import Note, printable
from rnnstep.record import Record


class Sequence(Record):
    """One input sequence.

    Attributes:
        values: (timesteps, features), read-only, in the file's dtype.
        path: the file it came from, if any.
        notes: what was inferred about its axes, and what is unusual in it.
        labels: names for timesteps, inputs, units and outputs.
    """

    values: Array
    path: Path | None = None
    notes: tuple[Note, ...] = ()
    labels: Labels = Labels()

    @property
    def name(self) -> str:
        """The file's name, or ``array``."""
        return printable(self.path.name) if self.path else "array"


def load_sequence(path: str | Path, sample: int | None = None) -> Array:
    """Read an input sequence.

    Args:
        path: an npy file: (timesteps, features), (timesteps,) or a batch
            (samples, timesteps, features).
        sample: which sequence of a batch; the first if ``None``.

    Returns:
        (timesteps, features), read-only, in the file's dtype.

    Raises:
        InputError: in one line, what is wrong with the file and what to do.
    """
    return read_sequence(Path(path), sample).values


def read_sequence(path: Path, sample: int | None = None, numbers: bool = False) -> Sequence:
    """As :func:`load_sequence`, with what was inferred and the labels beside the file.

    Args:
        path: the file.
        sample: which sequence of a batch.
        numbers: whether a timestep is one number, so that two axes are a batch.
    """
    sequence = from_array(read_array(path, numbers), sample, str(path))
    labels = Labels.beside(path)
    return Sequence(sequence.values, path, sequence.notes, labels)


def read_array(path: Path, numbers: bool = False) -> Array:
    """The array of a sequence's file, with a batch's three axes; see :func:`read_sequence`."""
    with open_binary(path) as file:
        start = file.read(len(MAGIC))
    if start != MAGIC:
        raise InputError(f"{path}: not an npy file; save the sequence with numpy.save")
    array = native(read_npy(path))
    if numbers and array.ndim == 2 and array.shape[1] != 1 and _whole(array):
        return array[:, :, np.newaxis]
    return array


def read_batch(path: Path, numbers: bool = False) -> Array:
    """All sequences of a file, (samples, timesteps, features); see :func:`read_sequence`.

    Raises:
        InputError: the file holds one sequence, or none.
    """
    array = read_array(path, numbers)
    if array.ndim != 3:
        raise InputError(
            f"{path}: --all-samples takes a batch of 3 axes; this has shape {array.shape}"
        )
    return array


def _whole(array: Array) -> bool:
    """Whether these are whole numbers, as far as is quick to see."""
    start = array[: max(LOOKED_AT // max(array.shape[1], 1), 1)]
    return array.dtype.kind != "f" or bool((start == np.floor(start)).all())


def from_array(array: Array, sample: int | None = None, where: str = "the sequence") -> Sequence:
    """Bring an array's axes to (timesteps, features); errors name it ``where``."""
    array, notes = by_timestep(array, sample, where)
    return Sequence(array, None, (*notes, *_unusual(array)))


def by_timestep(
    array: Array, sample: int | None = None, where: str = "the sequence"
) -> tuple[Array, list[Note]]:
    """As :func:`from_array`, without a look at the numbers: the array and what was inferred."""
    notes: list[Note] = []
    shape = array.shape
    if array.ndim == 3:
        array = _pick(array, sample, where)
        chosen = f"{shape} read as (samples, timesteps, features): sample {sample or 0}"
        notes.append(Note(f"{chosen} of {shape[0]}", flag="--sample"))
    elif sample is not None:
        raise InputError(f"{where}: --sample picks from a batch of 3 axes; this has shape {shape}")
    if array.ndim == 1:
        array = array[:, np.newaxis]
        notes.append(Note(f"{shape} read as {shape[0]} timesteps of one feature"))
    if array.ndim != 2:
        axes = "(timesteps, features), (timesteps,) or (samples, timesteps, features)"
        raise InputError(f"{where}: has {array.ndim} axes, shape {shape}; a sequence is {axes}")
    for axis, name in enumerate(("timesteps", "features")):
        if array.shape[axis] == 0:
            raise InputError(f"{where}: has 0 {name}, shape {shape}; nothing to step through")
    array = array.view()
    array.flags.writeable = False
    return array, notes


def _pick(array: Array, sample: int | None, where: str) -> Array:
    count = array.shape[0]
    if count == 0:
        raise InputError(f"{where}: a batch of 0 samples, shape {array.shape}")
    if sample is not None and not 0 <= sample < count:
        raise InputError(f"{where}: no sample {sample}: the batch has 0 to {count - 1}")
    return np.asarray(array[sample or 0])


def _unusual(array: Array) -> list[Note]:
    """A warning for NaN and infinity; a long sequence is looked at as far as is quick."""
    if array.dtype.kind != "f":
        return []
    steps = max(LOOKED_AT // array.shape[1], 1)
    bad = ~np.isfinite(array[:steps])
    partly = [Note(f"input looked at for NaN in its first {steps:,} timesteps alone", aside=True)]
    unseen = partly if steps < len(array) else []
    if not bad.any():
        return unseen
    t, feature = (int(i) for i in np.argwhere(bad)[0])
    first = f"first at t = {t}, feature {feature}"
    return [
        Note(f"input holds {int(bad.sum())} NaN or infinite values, {first}", warning=True),
        *unseen,
    ]

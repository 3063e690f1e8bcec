"""From a file of reference values to what each value of the model is expected to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnnstep.arrays import native, read_npy
from rnnstep.check.expected import Expected, Reference, from_array
from rnnstep.check.texts import TextFile, read_csv, read_json
from rnnstep.equations import Array
from rnnstep.errors import InputError, UnknownNameError, did_you_mean
from rnnstep.model import Model
from rnnstep.notes import Note
from rnnstep.weights.files import ENDINGS, read_tensors

_TEXTS = {".csv": read_csv, ".json": read_json}
_LAST = {"h_n": "h_t", "c_n": "c_t", "hn": "h_t", "cn": "c_t"}
"""What frameworks call the states after the last timestep."""
_SEQUENCES = {"h": "h_t", "c": "c_t", "hs": "h_t", "cs": "c_t"}


@dataclass(frozen=True)
class Asked:
    """What the user says about a reference.

    Attributes:
        mapping: the model's name of a value, by the reference's name.
        value: which value an array without a name is; found by its shape if empty.
        times: the timesteps of the rows; found by their number if ``None``.
        sample: which sequence of a batch.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    times: range | None = None
    sample: int | None = None


def read_reference(path: Path, model: Model, length: int, asked: Asked | None = None) -> Reference:
    """Read what a run is expected to give.

    Args:
        path: npy: one array; npz, safetensors, csv or json: arrays by name, also as
            ``rnnstep trace`` writes them.
        model: whose run it is.
        length: timesteps of the run.
        asked: what the user says about it.

    Raises:
        InputError: in one line, what does not fit and what to do.
    """
    return _Reader(path, model, length, asked or Asked()).read()


class _Reader:
    """One file on its way to a reference."""

    def __init__(self, path: Path, model: Model, length: int, asked: Asked) -> None:
        self.path, self.model, self.length, self.asked = path, model, length, asked
        self.notes: list[Note] = []
        self.file_times: Array | None = None

    def read(self) -> Reference:
        text = self.arrays()
        self.file_times = text.times
        for theirs in self.asked.mapping:
            if theirs not in text.arrays:
                raise InputError(
                    f"--map: {self.path} has no '{theirs}'{did_you_mean(theirs, text.arrays)}"
                )
        found = [
            one for name, array in text.arrays.items() for one in self.value(name, array, text)
        ]
        if not found:
            names = ", ".join(list(text.arrays)[:8])
            raise InputError(
                f"{self.path}: has no value of this model, but {names}: say --map THEIRS=OURS"
            )
        order = {place: number for number, place in enumerate(self.model.value_names.values())}
        found.sort(key=lambda one: order[one.layer, one.name])
        return Reference(self.path.name, tuple(found), tuple(self.notes), text.decimals, self.path)

    def arrays(self) -> TextFile:
        ending = self.path.suffix.lower()
        if ending in _TEXTS:
            return _TEXTS[ending](self.path)
        if ending == ".npy":
            return TextFile({"": native(read_npy(self.path))})
        if ending in (".npz", ".safetensors"):
            return TextFile(read_tensors(self.path).tensors)
        known = ", ".join([".npy", ".npz", ".safetensors", *_TEXTS])
        also = "; for another model on the same input say --against" if ending in ENDINGS else ""
        raise InputError(f"{self.path}: unknown kind of reference; known: {known}{also}")

    def value(self, called: str, array: Array, text: TextFile) -> Iterator[Expected]:
        """What an array of the file is; nothing if it is no value of the model."""
        last = called in _LAST
        name = self.asked.mapping.get(called) or _LAST.get(called) or called
        if called in _SEQUENCES and called not in self.asked.mapping:
            name = _SEQUENCES[called]
        try:
            layer, own = self.model.resolve(name)
        except UnknownNameError:
            if called in self.asked.mapping or (called and len(text.arrays) > 1):
                if called in self.asked.mapping:
                    raise
                if not called.startswith("initial/"):
                    self.notes.append(
                        Note(f"'{called}' of the reference is no value of the model", "--map")
                    )
                return
            layer, own = self.by_shape(array)
        shape = self.model.layers[layer].shape(own)
        rows, times = self.rows(called, array, shape, last)
        yield from_array(layer, own, times, rows, called or self.path.name)

    def by_shape(self, array: Array) -> tuple[int, str]:
        """The value that an array without a name is: an output with as many entries."""
        if self.asked.value:
            return self.model.resolve(self.asked.value)
        width = array.shape[-1] if array.ndim else 1
        outputs = [
            (index, layer.cell.output)
            for index, layer in reversed(list(enumerate(self.model.layers)))
            if layer.output_size == width or (layer.output_size == 1 and array.ndim == 1)
        ]
        if not outputs:
            sizes = ", ".join(
                f"{self.model.qualified(i, x.cell.output)} {x.output_size}"
                for i, x in enumerate(self.model.layers)
            )
            raise InputError(
                f"{self.path}: shape {array.shape} is no output of it ({sizes}): say --value"
            )
        found = outputs[0]
        name = self.model.qualified(*found)
        self.notes.append(Note(f"{array.shape} of the reference read as {name}", "--value"))
        return found

    def rows(
        self, called: str, array: Array, shape: tuple[int, ...], last: bool
    ) -> tuple[Array, Array]:
        """The expected values, (rows, …), and their timesteps."""
        what = f"{self.path}: {called or 'the array'}"
        if array.shape[array.ndim - len(shape) :] != shape and not (
            shape == (1,) and array.ndim == 1
        ):
            raise InputError(f"{what} has shape {array.shape}; a timestep of it is {shape}")
        if shape == (1,) and array.shape[-1:] != (1,):
            array = array[..., np.newaxis]
        array = self.without_batch(what, array, len(shape))
        if array.ndim == len(shape):
            array, last = array[np.newaxis], True
        times = self.times(what, len(array), last)
        start = max(len(array) - len(times), 0)
        return array[start:], times

    def without_batch(self, what: str, array: Array, axes: int) -> Array:
        """Without the axes of a batch, before or behind that of time."""
        while array.ndim > axes + 1:
            if array.shape[0] == self.length and array.shape[1] != self.length:
                array = np.moveaxis(array, 1, 0)
            count = array.shape[0]
            sample = self.asked.sample or 0
            if not 0 <= sample < count:
                raise InputError(f"{what} has {count} samples, no sample {sample}")
            if count > 1:
                self.notes.append(Note(f"sample {sample} of {count} of the reference", "--sample"))
            array = array[sample]
        return array

    def times(self, what: str, count: int, last: bool) -> Array:
        """The timesteps of so many rows."""
        if self.asked.times is not None:
            return self.asked_times(what, count, self.asked.times)
        if self.file_times is not None and len(self.file_times) == count:
            times = self.file_times
            if len(times) and not (times.min() >= 0 and times.max() < self.length):
                raise InputError(f"{what}: t goes to {times.max()}, the run to {self.length - 1}")
            if (np.diff(times) <= 0).any():
                raise InputError(f"{what}: its timesteps do not rise")
            return times
        if last or (count == 1 and self.length > 1):
            told = f"one row of the reference read as what t = {self.length - 1}, the last, gives"
            self.notes.append(Note(told, "--at"))
            return np.array([self.length - 1])
        if count == self.length + 1:
            self.notes.append(Note("the first row of the reference read as the initial state"))
            return np.arange(self.length)
        if count > self.length:
            raise InputError(f"{what} has {count} timesteps, the run has {self.length}: say --at")
        if count < self.length:
            told = f"{count} rows of the reference read as the first of {self.length} timesteps"
            self.notes.append(Note(told, "--at"))
        return np.arange(count)

    def asked_times(self, what: str, count: int, times: range) -> Array:
        if len(times) != count or times[-1] >= self.length or times[0] < 0:
            told = f"--at says {times.start}:{times.stop}"
            raise InputError(
                f"{what} has {count} rows, {told}, the run has {self.length} timesteps"
            )
        return np.arange(times.start, times.stop)

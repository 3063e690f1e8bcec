"""Names for timesteps, inputs, units and outputs, from ``seq.labels.json`` beside a sequence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from rnnstep.arrays import exists, open_binary
from rnnstep.errors import InputError, did_you_mean
from rnnstep.notes import printable
from rnnstep.record import Record

_LARGEST = 50_000_000


class Labels(Record):
    """What the parts of a sequence are called. A label that is absent is the index.

    Attributes:
        title: one line about the sequence.
        timesteps: one label a timestep.
        inputs: one label an input feature.
        units: one label a unit of the recurrent layer.
        outputs: one label an output of the last layer.
    """

    title: str = ""
    timesteps: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @classmethod
    def beside(cls, sequence: Path) -> Labels:
        """The labels of ``seq.npy`` are in ``seq.labels.json``; none if there is no such file."""
        path = sequence.with_suffix(".labels.json")
        return cls.read(path) if exists(path) else cls()

    @classmethod
    def read(cls, path: Path) -> Labels:
        """Read a labels file.

        Raises:
            InputError: no regular file, too large, not JSON, or not an object of lists of strings.
        """
        if path.is_dir():
            raise InputError(f"{path}: is a folder; the labels are a JSON file of that name")
        try:
            with open_binary(path, empty=True) as file:
                if os.fstat(file.fileno()).st_size > _LARGEST:
                    raise InputError(f"{path}: labels have at most {_LARGEST:,} bytes")
                data = json.loads(file.read())
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: not JSON: {error}") from None
        if not isinstance(data, dict):
            raise InputError(f'{path}: expected an object, {{"timesteps": […], …}}')
        known = list(cls.field_names)
        for key, value in data.items():
            if key not in known:
                raise InputError(f"{path}: unknown key '{key}'{did_you_mean(str(key), known)}")
            if not _fits(key, value):
                expected = "a string" if key == "title" else "a list of strings"
                raise InputError(f"{path}: '{key}' is not {expected}")
        named: dict[str, Any] = {
            k: printable(v) if k == "title" else tuple(map(printable, v)) for k, v in data.items()
        }
        return cls(**named)

    def of(self, kind: str, index: int) -> str:
        """The label of one timestep, input, unit or output, or its index."""
        labels: tuple[str, ...] = getattr(self, kind)
        return labels[index] if 0 <= index < len(labels) else str(index)


def _fits(key: str, value: object) -> bool:
    if key == "title":
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

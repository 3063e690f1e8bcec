"""Tensors to an npz file, by the names that they had."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from rnnstep.weights.files import TensorFile
from rnnstep.weights.npz import CONFIG_NAME


def write_tensors(file: TensorFile, path: Path) -> None:
    """Write tensors, and the description of their layers if the file has one, as npz."""
    arrays = dict(file.tensors)
    if file.config:
        arrays[CONFIG_NAME] = np.array(file.config)
    # numpy.savez takes names as those of arguments, and has one of its own
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                npy.write_array(member, np.asanyarray(array), allow_pickle=False)

"""The reader of a folder of npy files: each file is a tensor, folders within are paths."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnstep.arrays import MAPPED_FROM, native, read_npy
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile

_MOST = 10_000


def read(path: Path) -> TensorFile:
    """Read every npy file of a folder, in the order of their names.

    Raises:
        InputError: no npy file in it, or one that is damaged or holds no numbers.
    """
    files = [file for file in sorted(path.rglob("*.npy")) if file.is_file()]
    if not files:
        raise InputError(f"{path}: is a folder without npy files")
    if len(files) > _MOST:
        raise InputError(f"{path}: more than {_MOST} npy files")
    tensors = {file.relative_to(path).with_suffix("").as_posix(): _tensor(file) for file in files}
    return TensorFile(path, tensors, ordered=False)


def _tensor(file: Path) -> Array:
    array = native(read_npy(file))
    # a file that is mapped stays open, of which a process can have so many
    return array if array.nbytes >= MAPPED_FROM else np.array(array)

"""The safetensors reader: a JSON header and raw bytes, checked by the format's own library."""

from __future__ import annotations

from pathlib import Path

from rnnstep.arrays import open_binary
from rnnstep.errors import InputError
from rnnstep.weights.files import TensorFile
from rnnstep.weights.npz import CONFIG_NAME


def read(path: Path) -> TensorFile:
    """Read every array of a safetensors file.

    Raises:
        InputError: damaged, or a dtype that numpy does not have.
    """
    from safetensors import SafetensorError, safe_open

    open_binary(path).close()
    tensors = {}
    try:
        with safe_open(path, framework="numpy") as file:
            config = (file.metadata() or {}).get(CONFIG_NAME, "")
            for name in file.keys():  # noqa: SIM118 - not a mapping
                tensors[name] = file.get_tensor(name)
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a safetensors file, or damaged: {error}") from None
    if not tensors:
        raise InputError(f"{path}: holds no arrays")
    return TensorFile(path, tensors, config, ordered=False)

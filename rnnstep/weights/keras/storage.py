"""Whether an HDF5 dataset may be read: nothing outside the file, nothing that bursts memory.

A dataset can claim terabytes that it does not store, name other files as its storage, or hold
a deflate stream that unpacks without end: the library would follow all of them.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError

LARGEST_RATIO = 250
ALWAYS_ALLOWED = 64 * 2**20
_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3
_MOST_CHUNKS = 5_000


def read_dataset(dataset: Any, where: str, file_size: int) -> Array:
    """The numbers of a dataset.

    Args:
        dataset: an open ``h5py.Dataset``.
        where: the file and the dataset's name, for errors.
        file_size: of the whole file, which bounds what it can store.

    Raises:
        InputError: not numbers, kept outside the file, or far larger than what is stored.
    """
    layout = dataset.id.get_create_plist()
    if layout.get_external_count() or dataset.is_virtual:
        raise InputError(f"{where}: keeps its numbers in other files: refused")
    if dataset.shape is None:
        raise InputError(f"{where}: has no numbers")
    _check_dtype(dataset.dtype, where)
    claimed = math.prod(dataset.shape) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if stored > file_size:
        raise InputError(f"{where}: damaged: claims {stored:,} bytes of {file_size:,}")
    _check_ratio(claimed, stored, where)
    if dataset.chunks is not None:
        chunk = math.prod(dataset.chunks) * dataset.dtype.itemsize
        _check_ratio(chunk, stored, where)
        _check_chunks(dataset.id, layout, chunk, where)
    return _numbers(np.asarray(dataset[()]))


def _check_dtype(dtype: np.dtype[Any], where: str) -> None:
    bfloat16 = dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None
    if dtype.subdtype is not None or not (dtype.kind in "biuf" or bfloat16):
        raise InputError(f"{where}: holds {dtype}; weights are real numbers")


def _check_ratio(claimed: int, stored: int, where: str) -> None:
    if claimed > ALWAYS_ALLOWED and claimed > LARGEST_RATIO * stored:
        told = f"would unpack to {claimed:,} bytes from {stored:,}"
        raise InputError(f"{where}: {told}: refused as a bomb")


def _check_chunks(dataset: Any, layout: Any, chunk: int, where: str) -> None:
    """Unpack each compressed chunk with a limit first: the library has none."""
    filters = [layout.get_filter(i)[0] for i in range(layout.get_nfilters())]
    unknown = [str(f) for f in filters if f not in (_DEFLATE, _SHUFFLE, _CHECKSUM)]
    if unknown or filters.count(_DEFLATE) > 1:
        told = f"compressed in another way than gzip (filters {filters})"
        raise InputError(f"{where}: {told}: save it again without compression")
    if not filters:
        return
    count = dataset.get_num_chunks()
    if count > _MOST_CHUNKS:
        raise InputError(f"{where}: {count:,} compressed chunks: save it without compression")
    for index in range(count):
        info = dataset.get_chunk_info(index)
        size = info.size if _DEFLATE not in filters else _unpacked(dataset, info, filters, chunk)
        if size < chunk:
            # of a chunk of no bytes the library reads what lies behind it, and crashes
            raise InputError(f"{where}: damaged: a chunk has {size:,} bytes of {chunk:,}")
        if size > chunk + 512:
            raise InputError(f"{where}: unpacks to more than it claims: refused as a bomb")


def _unpacked(dataset: Any, info: Any, filters: list[int], chunk: int) -> int:
    """The bytes of a compressed chunk, counted a little beyond what it claims."""
    mask, packed = dataset.read_direct_chunk(info.chunk_offset)
    if mask >> filters.index(_DEFLATE) & 1:
        return len(packed)
    return len(zlib.decompressobj().decompress(packed, chunk + 1024))


def _numbers(array: Array) -> Array:
    """In this machine's byte order; bfloat16, which numpy lacks, as float32."""
    if array.dtype.kind == "V":
        return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))

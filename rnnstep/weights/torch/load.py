"""torch.load with weights_only=True, and torch's tensors as numpy's arrays."""

from __future__ import annotations

import pickle
import re
import warnings
from typing import Any

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.weights.extras import need
from rnnstep.weights.torch.holding import State, find_state
from rnnstep.weights.torch.layout import Layout

SAFE_SINCE = (2, 10)
"""Older ones can be made to run code by a file even so: CVE-2025-32434, CVE-2026-24747."""


def load_state(layout: Layout) -> State:
    """The state dict that a file holds, as arrays.

    Raises:
        InputError: torch is missing or too old, or a tensor that has no plain numbers.
    """
    torch = need("torch", "torch", layout.path)
    _check_version(torch, layout)
    found = find_state(_load(torch, layout), torch.is_tensor, str(layout.path))
    tensors = {n: as_array(torch, t, f"{layout.path}: '{n}'") for n, t in found.tensors.items()}
    return State(tensors, found.notes)


def _check_version(torch: Any, layout: Layout) -> None:
    version = tuple(map(int, re.findall(r"\d+", torch.__version__)[:2]))
    if version < SAFE_SINCE:
        told = f"PyTorch {torch.__version__} may run code from a file (CVE-2026-24747)"
        raise InputError(f"{layout.path}: {told}: pip install 'torch>=2.10'")


def _load(torch: Any, layout: Layout) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(
                layout.path, map_location="cpu", weights_only=True, mmap=layout.mappable
            )
    except MemoryError:
        raise InputError(f"{layout.path}: does not fit into memory") from None
    except (pickle.UnpicklingError, EOFError, RuntimeError, ValueError, TypeError, KeyError,
            AttributeError, IndexError, AssertionError, OSError, OverflowError, RecursionError,
            NotImplementedError, ArithmeticError) as error:  # fmt: skip
        reason = printable(re.split(r"[\n.]", str(error).strip())[0])[:120]
        raise InputError(f"{layout.path}: damaged, or not a state dict: {reason}") from None


def as_array(torch: Any, tensor: Any, where: str) -> Array:
    """A tensor as an array, bfloat16 and float8 widened to float32, which has all of their values.

    Raises:
        InputError: sparse, quantized or complex, or without numbers.
    """
    holds = ""
    if tensor.is_quantized:
        holds = f"quantized numbers ({tensor.dtype}); save tensor.dequantize()"
    elif tensor.layout is not torch.strided:
        holds = f"a sparse tensor ({tensor.layout}); save tensor.to_dense()"
    elif tensor.is_complex():
        holds = f"complex numbers ({tensor.dtype})"
    elif tensor.is_meta:
        holds = "no numbers (a meta tensor)"
    if holds:
        raise InputError(f"{where} holds {holds}")
    plain = tensor.detach().cpu()
    if plain.is_floating_point() and plain.dtype not in (
        torch.float16,
        torch.float32,
        torch.float64,
    ):
        plain = plain.float()
    array: Array = plain.resolve_neg().numpy()
    return array

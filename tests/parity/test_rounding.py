"""Rounding beside PyTorch's own: bfloat16, float16, and its fake quantization."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnstep import Model, Trace, build_layer, load_cell
from rnnstep.equations import Array, as_bfloat16, as_float16, quantize
from rnnstep.shadow import FORMATS, Shadow, shadow_model

torch = pytest.importorskip("torch")


def every_kind() -> Array:
    """Floats of every exponent and sign, the halfway places among them, NaN and infinities."""
    random = np.random.default_rng(0)
    bits = random.integers(0, 2**32, 200_000, dtype=np.uint64).astype(np.uint32)
    half = (bits & np.uint32(0xFFFF0000)) | np.uint32(0x8000)
    near = half + random.integers(-2, 3, len(half)).astype(np.uint32)
    return np.concatenate([bits, half, near]).view(np.float32)


@pytest.mark.parametrize(
    ("rounded", "dtype"), [(as_bfloat16, torch.bfloat16), (as_float16, torch.float16)]
)
def test_every_kind_of_float32_as_torch_rounds_it(rounded: Any, dtype: Any) -> None:
    x = every_kind()
    with np.errstate(all="ignore"):
        found = rounded(x)
    np.testing.assert_array_equal(found, torch.from_numpy(x).to(dtype).float().numpy())


@pytest.mark.parametrize("levels", [127, 32767])
def test_quantize_as_torch_does(levels: int) -> None:
    # a step that is a power of two: torch multiplies by its inverse, which then is exact
    step = 2.0**-9
    x = np.random.default_rng(0).normal(size=10_000).astype(np.float32) * levels * step
    fake = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), step, 0, -levels, levels)
    np.testing.assert_array_equal(quantize(x, step, -levels, levels), fake.numpy())


@pytest.mark.parametrize("per_row", [False, True])
def test_weights_in_int8_as_torch_quantizes_them(per_row: bool) -> None:
    w = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)
    sizes = np.abs(w).max(axis=1) if per_row else np.full(6, np.abs(w).max())
    scales = torch.from_numpy((sizes / np.float32(127)).astype(np.float32))
    zeros = torch.zeros(6, dtype=torch.int32)
    fake = torch.fake_quantize_per_channel_affine(torch.from_numpy(w), scales, zeros, 0, -127, 127)
    found = FORMATS["int8"].of_weight(w, per_row)
    np.testing.assert_allclose(found, fake.numpy(), rtol=1e-6)


def test_an_lstm_with_weights_in_bfloat16_as_torch_runs_it() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.LSTM(3, 4)
    names = [f"{kind}_{gate}" for kind in ("Wx", "Wh", "b") for gate in "ifgo"]
    with torch.no_grad():
        parts = [theirs.weight_ih_l0, theirs.weight_hh_l0, theirs.bias_ih_l0]
        theirs.bias_hh_l0.zero_()
        split = [piece.numpy() for part in parts for piece in part.chunk(4)]
        weights = {n: piece.copy() for n, piece in zip(names, split, strict=True)}
        for part in parts:
            part.copy_(part.bfloat16().float())
        xs = torch.randn(20, 3)
        expected = theirs(xs)[0].numpy()
    exact = Model((build_layer("lstm", load_cell("LSTM"), weights),))
    model = shadow_model(exact, Shadow(weights="bfloat16"), {})
    found = Trace(model, xs.numpy()).series("h_t")
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.abs(Trace(exact, xs.numpy()).series("h_t") - expected).max() > 1e-4

"""Cases of the parity matrix that PyTorch builds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from tests.parity.matrix import Case, D, H, Saved, T, random

PROJECTION = 2


def cases() -> Iterator[Case]:
    """RNN, GRU, LSTM and the projected LSTM, one to three layers, one or both directions."""
    layers = [
        ("RNN", "tanh"),
        ("RNN", "relu"),
        ("GRU", "tanh"),
        ("LSTM", "tanh"),
        ("LSTMP", "tanh"),
    ]
    settings = product(
        ("pt", "safetensors"),
        layers,
        ("forward", "bidirectional"),
        (1, 2, 3),
        ("float32", "float64"),
    )
    for kind, (layer, activation), direction, depth, dtype in settings:
        yield Case("PyTorch", kind, layer, activation, direction, depth, dtype, build)


def build(case: Case, folder: Path) -> Saved:
    """Make the module, save its state dict, run it."""
    import torch

    torch.manual_seed(case.depth)
    settings: dict[str, Any] = {
        "num_layers": case.depth,
        "bidirectional": case.direction == "bidirectional",
        "dtype": getattr(torch, case.dtype),
    }
    if case.layer == "RNN":
        settings["nonlinearity"] = case.activation
    if case.layer == "LSTMP":
        settings["proj_size"] = PROJECTION
    module = getattr(torch.nn, case.layer.removesuffix("P"))(D, H, **settings)
    path = folder / f"model.{case.format}"
    if case.format == "pt":
        torch.save(module.state_dict(), path)
    else:
        from safetensors.torch import save_file

        save_file(module.state_dict(), path)
    xs = random(T, D, dtype=case.dtype, seed=1)
    hidden = PROJECTION if case.layer == "LSTMP" else H
    count = case.depth * (1 + module.bidirectional)
    h0 = random(count, hidden, dtype=case.dtype, seed=2)
    c0 = random(count, H, dtype=case.dtype, seed=3)
    cell_state = case.layer.startswith("LSTM")
    given = (torch.from_numpy(h0), torch.from_numpy(c0)) if cell_state else torch.from_numpy(h0)
    with torch.no_grad():
        expected = module(torch.from_numpy(xs), given)[0].numpy()
    states = [s for h, c in zip(h0, c0, strict=True) for s in ((h, c) if cell_state else (h,))]
    options = {"activation": case.activation} if case.layer == "RNN" else {}
    return Saved(path, xs, states, expected, options)

"""Train a small LSTM to count how deep it is in brackets.

Run from the repository root: python samples/brackets/make.py
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from samples._forward import Array, Weights, dense, lstm
from samples._writing import Sample

HERE = Path(__file__).resolve().parent
SEED = 3
HIDDEN = 2
STEPS = 3000
TRAINED_STEPS, TRAINED_DEPTH = 50, 10
SYMBOLS = "()."
TEXT = "(.()(.(((.(()).).).).))..((.((((.(())).)).)))"


def one_hot(symbols: NDArray[np.int64]) -> Array:
    """Rows of the identity, one for each symbol."""
    return np.eye(len(SYMBOLS), dtype=np.float32)[symbols]


def strings(
    rng: np.random.Generator, count: int, steps: int, deepest: int
) -> tuple[NDArray[np.int64], Array]:
    """Random prefixes of balanced strings, each with its own leaning, and their depths."""
    symbols = np.empty((count, steps), np.int64)
    depths = np.empty((count, steps), np.float32)
    depth = np.zeros(count, np.int64)
    for t in range(steps):
        if t % 10 == 0:
            lean = rng.uniform(0.1, 0.9, count)
        opens = rng.random(count) < lean
        opens = (opens | (depth == 0)) & (depth < deepest)
        symbol = np.where(rng.random(count) < 0.15, 2, np.where(opens, 0, 1))
        depth = depth + (symbol == 0) - (symbol == 1)
        symbols[:, t], depths[:, t] = symbol, depth
    return symbols, depths


def train(rng: np.random.Generator) -> Weights:
    """Train on the squared error of the depth."""
    cell, head = nn.LSTM(len(SYMBOLS), HIDDEN, batch_first=True), nn.Linear(HIDDEN, 1)
    with torch.no_grad():
        # A forget gate that starts open lets the count last from the first step of the training.
        cell.get_parameter("bias_ih_l0")[HIDDEN : 2 * HIDDEN] = 3.0
        # A head that multiplies needs only small counts, where the output's tanh is still straight.
        head.weight *= 25
    parameters = [*cell.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        symbols, depths = strings(rng, 64, TRAINED_STEPS, TRAINED_DEPTH)
        out = head(cell(torch.from_numpy(one_hot(symbols)))[0]).squeeze(-1)
        loss = nn.functional.mse_loss(out, torch.from_numpy(depths))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
    p = {k: v.detach().numpy() for k, v in cell.named_parameters()}
    w = {"output/W": head.weight.detach().numpy(), "output/b": head.bias.detach().numpy()}
    for key, values in {
        "Wx": p["weight_ih_l0"],
        "Wh": p["weight_hh_l0"],
        "b": p["bias_ih_l0"] + p["bias_hh_l0"],
    }.items():
        w |= {f"lstm/{key}_{g}": v for g, v in zip("ifgo", np.split(values, 4), strict=True)}
    return w


def measure(w: Weights, rng: np.random.Generator) -> dict[str, Any]:
    """How well one unit of the cell state, and the head, know the depth on new strings."""
    facts: dict[str, Any] = {}
    for name, steps, deepest in [
        ("trained", TRAINED_STEPS, TRAINED_DEPTH),
        ("longer", 2 * TRAINED_STEPS, TRAINED_DEPTH),
        ("deeper", 2 * TRAINED_STEPS, 12),
    ]:
        symbols, depths = strings(rng, 1000, steps, deepest)
        h, c = lstm(w, "lstm", one_hot(symbols))
        out = dense(w, "output", h)[..., 0]
        r = [float(np.corrcoef(c[..., k].ravel(), depths.ravel())[0, 1]) for k in range(HIDDEN)]
        if not facts:
            facts["counter_unit"] = int(np.abs(r).argmax())
        ok = np.rint(out) == depths
        facts[f"{name}_correlation"] = round(r[facts["counter_unit"]], 5)
        facts[f"{name}_right"] = f"{int(ok.sum())}/{ok.size}"
        facts[f"{name}_largest_error"] = round(float(np.abs(out - depths).max()), 4)
        if name == "deeper":
            for depth in range(TRAINED_DEPTH, deepest + 1):
                facts[f"right_at_depth_{depth}"] = round(float(ok[depths == depth].mean()), 4)
        else:
            slope, start = np.polyfit(depths.ravel(), c[..., facts["counter_unit"]].ravel(), 1)
            facts[f"{name}_counter"] = f"{start:.4f} + {slope:.4f} * depth"
    return facts


def main() -> None:
    """Train, measure and save."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    w = train(rng)
    facts = measure(w, rng)
    symbols = np.array([SYMBOLS.index(character) for character in TEXT])
    out = dense(w, "output", lstm(w, "lstm", one_hot(symbols[None]))[0])[0, :, 0]
    depths = np.cumsum(np.array([1, -1, 0])[symbols])
    facts["shown_right"] = f"{int((np.rint(out) == depths).sum())}/{len(TEXT)}"
    facts["shown_deepest"] = int(depths.max())
    Sample(
        one_hot(symbols),
        w,
        [("lstm", "LSTM", "tanh"), ("output", "Dense", "linear")],
        seed=SEED,
        packages=["numpy", "torch"],
        facts=facts,
        labels={
            "title": "An LSTM that counts brackets",
            "timesteps": list(TEXT),
            "inputs": list(SYMBOLS),
            "units": ["count" if k == facts["counter_unit"] else f"h{k}" for k in range(HIDDEN)],
            "outputs": ["depth"],
        },
    ).save(HERE / "seq")


if __name__ == "__main__":
    main()

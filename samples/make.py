"""Train a small Elman network to add two binary numbers, least significant bit first.

Run from the repository root: python samples/make.py
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from samples._forward import Array, Weights, dense, sigmoid, simple_rnn
from samples._writing import Sample

HERE = Path(__file__).resolve().parent
# With 3 or 4 units, and with some seeds, training ends with no unit of its own for the carry.
SEED = 1
HIDDEN = 5
STEPS = 3000
TRAINED_BITS = 16

# The addition on show, least significant bit first. A carry is made where both bits are 1, handed
# on where they differ, and ends where both are 0.
#  no carry | long chain | none | a chain of ones | a short one
A = "0100100 1101011010 0010 1111110 1000".replace(" ", "")
B = "0010010 1010100100 0100 1000000 1010".replace(" ", "")


class Adder(nn.Module):
    """An Elman network with a sigmoid head."""

    def __init__(self) -> None:
        super().__init__()
        self.x = nn.Linear(2, HIDDEN)
        self.h = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.out = nn.Linear(HIDDEN, 1)

    def forward(self, x: Tensor, noise: float) -> Tensor:
        """The head's logits for x of shape (batch, T, 2)."""
        h = torch.zeros(len(x), HIDDEN)
        states = []
        for drive in self.x(x).unbind(1):
            h = torch.tanh(drive + self.h(h) + noise * torch.randn_like(h))
            states.append(h)
        logits: Tensor = self.out(torch.stack(states, 1)).squeeze(-1)
        return logits


def additions(rng: np.random.Generator, count: int, bits: int) -> tuple[Array, Array, Array]:
    """Random pairs of numbers as (count, bits, 2), with their sum and carry-out bits."""
    x = rng.integers(0, 2, (count, bits, 2))
    # Half of the rows are made mostly of differing bits: random pairs seldom have long carries.
    flip = (rng.random((count, bits)) < 0.8) & (np.arange(count) % 2 == 0)[:, None]
    x[..., 1] = np.where(flip, 1 - x[..., 0], x[..., 1])
    sums, carries = np.empty((2, count, bits), np.float32)
    carry = np.zeros(count, np.int64)
    for t in range(bits):
        total = x[:, t].sum(-1) + carry
        carry = total // 2
        sums[:, t], carries[:, t] = total % 2, carry
    return x.astype(np.float32), sums, carries


def train(rng: np.random.Generator) -> Weights:
    """Train on additions that grow from 4 bits to `TRAINED_BITS`."""
    net = Adder()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for step in range(STEPS):
        bits = min(TRAINED_BITS, 4 + step // 100)
        x, sums, _ = additions(rng, 128, bits)
        # Noise inside the tanh makes the units settle on clear, far-apart states.
        logits = net(torch.from_numpy(x), noise=0.3 * min(1.0, step / (STEPS / 2)))
        loss = nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(sums))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    p = {k: v.detach().numpy() for k, v in net.named_parameters()}
    return {
        "rnn/Wx": p["x.weight"],
        "rnn/Wh": p["h.weight"],
        "rnn/b": p["x.bias"],
        "output/W": p["out.weight"],
        "output/b": p["out.bias"],
    }


def measure(w: Weights, rng: np.random.Generator) -> dict[str, Any]:
    """What holds of the weights on additions four times as long as those of the training."""
    x, sums, carries = additions(rng, 4000, 64)
    h = simple_rnn(w, "rnn", x)
    out = sigmoid(dense(w, "output", h))[..., 0]
    right = int(((out > 0.5) == (sums > 0.5)).sum())
    agree = ((h > 0) == (carries > 0.5)[..., None]).mean((0, 1))
    unit = int(np.abs(agree - 0.5).argmax())
    sign = 1 if agree[unit] > 0.5 else -1
    carry_right = int(((sign * h[..., unit] > 0) == (carries > 0.5)).sum())
    return {
        "bits_right": f"{right}/{sums.size}",
        "largest_error": round(float(np.abs(out - sums).max()), 6),
        "carry_unit": unit,
        "carry_sign": sign,
        "carry_right": f"{carry_right}/{sums.size}",
        "carry_unit_without_carry": [
            round(float(f(h[..., unit][carries < 0.5])), 4) for f in (np.min, np.max)
        ],
        "carry_unit_with_carry": [
            round(float(f(h[..., unit][carries > 0.5])), 4) for f in (np.min, np.max)
        ],
    }


def main() -> None:
    """Train, measure and save."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    w = train(rng)
    facts = measure(w, rng)
    bits = np.array([[int(a), int(b)] for a, b in zip(A, B, strict=True)], np.float32)
    units = [f"h{k}" for k in range(HIDDEN)]
    units[int(facts["carry_unit"])] = "carry"
    Sample(
        bits,
        w,
        [("rnn", "SimpleRNN", "tanh"), ("output", "Dense", "sigmoid")],
        seed=SEED,
        packages=["numpy", "torch"],
        facts=facts,
        labels={
            "title": f"{int(A[::-1], 2)} + {int(B[::-1], 2)}, least significant bit first",
            "timesteps": [f"2^{t}" for t in range(len(bits))],
            "inputs": ["a", "b"],
            "units": units,
            "outputs": ["sum"],
        },
    ).save(HERE / "seq")


if __name__ == "__main__":
    main()

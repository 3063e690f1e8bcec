"""Train a multilayer perceptron to read the digits of a seven-segment display.

Run from the repository root: python samples/mlp/make.py
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from samples._forward import Array, Weights, dense, relu, softmax
from samples._writing import Sample

HERE = Path(__file__).resolve().parent
SEED = 0
STEPS = 2000
SEGMENTS = "abcdefg"
LIT = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]
DISPLAY: Array = np.array([[s in lit for s in SEGMENTS] for lit in LIT], np.float32)
NAMES = ["hidden1", "hidden2", "output"]


def train() -> Weights:
    """Train on the ten digits, blurred, so that each has room around it."""
    layers = [nn.Linear(7, 8), nn.Linear(8, 6), nn.Linear(6, 10)]
    net = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.Tanh(), layers[2])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    rows, digits = torch.from_numpy(DISPLAY).repeat(8, 1), torch.arange(10).repeat(8)
    for _ in range(STEPS):
        blurred = rows + 0.1 * torch.randn_like(rows)
        loss = nn.functional.cross_entropy(net(blurred), digits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    w = {f"{n}/W": layer.weight.detach().numpy() for n, layer in zip(NAMES, layers, strict=True)}
    return w | {
        f"{n}/b": layer.bias.detach().numpy() for n, layer in zip(NAMES, layers, strict=True)
    }


def measure(w: Weights) -> dict[str, Any]:
    """How sure the network is of each digit."""
    h = np.tanh(dense(w, "hidden2", relu(dense(w, "hidden1", DISPLAY))))
    p = softmax(dense(w, "output", h))
    digits = np.arange(10)
    others = p.copy()
    others[digits, digits] = 0
    return {
        "digits_right": f"{int((p.argmax(-1) == digits).sum())}/10",
        "least_probability_of_the_digit": round(float(p[digits, digits].min()), 4),
        "greatest_probability_of_another": round(float(others.max()), 4),
    }


def main() -> None:
    """Train, measure and save."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    w = train()
    Sample(
        DISPLAY,
        w,
        [
            ("hidden1", "Dense", "relu"),
            ("hidden2", "Dense", "tanh"),
            ("output", "Dense", "softmax"),
        ],
        seed=SEED,
        packages=["numpy", "torch"],
        facts=measure(w),
        labels={
            "title": "Digits of a seven-segment display",
            "timesteps": [str(digit) for digit in range(10)],
            "inputs": list(SEGMENTS),
            "outputs": [str(digit) for digit in range(10)],
        },
    ).save(HERE / "seq")


if __name__ == "__main__":
    main()

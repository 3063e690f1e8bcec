"""Make the two networks of the question's answers, and what they compute, with numpy alone.

Run from the repository root: python samples/question/make_answers.py
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from samples._writing import Sample

HERE = Path(__file__).resolve().parent
SEED = 0


def compute_states(rng: np.random.Generator) -> None:
    """A linear network of one unit and two scalars: it counts the ones it reads, and forgets."""
    sequences, steps = 5, 10
    bits = rng.integers(0, 2, (sequences, steps)).astype(np.float32)
    # Unequal scalars, so that exchanging them shows.
    wx, w_rec = np.float32(1.0), np.float32(0.9)
    states = np.zeros((sequences, steps + 1))
    for k in range(steps):
        states[:, k + 1] = bits[:, k] * float(wx) + states[:, k] * float(w_rec)
    Sample(
        # The answer keeps time in its columns, a sequence file in its rows.
        np.ascontiguousarray(bits.T),
        {"wx": np.array(wx), "wRec": np.array(w_rec)},
        [("compute_states", "ComputeStates", "")],
        seed=SEED,
        packages=["numpy"],
    ).save(HERE / "compute_states")
    np.save(HERE / "compute_states.expected.npy", states.astype(np.float32))
    print(f"compute_states: last states {states[:, -1].round(4).tolist()}")


def uwv(rng: np.random.Generator) -> None:
    """A sigmoid network whose t-th input is all zeros but for x[t] at position t."""
    steps, hidden, outputs = 25, 10, 1
    x = np.sin(np.arange(steps) * 0.3).astype(np.float32)
    # Uniform (0, 1) weights as in the answer: all positive, so the units soon saturate.
    u = rng.uniform(0, 1, (hidden, steps)).astype(np.float32)
    w = rng.uniform(0, 1, (hidden, hidden)).astype(np.float32)
    v = rng.uniform(0, 1, (outputs, hidden)).astype(np.float32)
    s, mulv = np.zeros((steps, hidden)), np.zeros((steps, outputs))
    previous = np.zeros(hidden)
    for t in range(steps):
        new_input = np.zeros(steps)
        new_input[t] = x[t]
        previous = 1 / (1 + np.exp(-(u.astype(float) @ new_input + w.astype(float) @ previous)))
        s[t], mulv[t] = previous, v.astype(float) @ previous
    Sample(
        np.diag(x),
        {"U": u, "W": w, "V": v},
        [("uwv", "UWV", "")],
        seed=SEED,
        packages=["numpy"],
    ).save(HERE / "uwv")
    np.savez(HERE / "uwv.expected.npz", s=s.astype(np.float32), mulv=mulv.astype(np.float32))
    print(f"uwv: last states from {s[-1].min():.4f} to {s[-1].max():.4f}, mulv {mulv[-1, 0]:.4f}")


if __name__ == "__main__":
    compute_states(np.random.default_rng(SEED))
    uwv(np.random.default_rng(SEED + 1))

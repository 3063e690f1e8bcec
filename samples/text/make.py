"""Train a small character GRU until it knows the Zen of Python by heart.

Run from the repository root: python samples/text/make.py
"""

import codecs
import contextlib
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from samples._forward import Array, Weights, dense, gru, softmax
from samples._writing import Sample

with contextlib.redirect_stdout(io.StringIO()):  # The module prints itself when imported.
    import this

Codes = NDArray[np.int64]
HERE = Path(__file__).resolve().parent
SEED = 0
HIDDEN = 48
STEPS = 1200
WINDOW = 80
SHOWN = slice(33, 130)  # Three whole lines.

TEXT = codecs.decode(this.s, "rot13").lower()
VOCABULARY = sorted(set(TEXT))
CODES = np.array([VOCABULARY.index(character) for character in TEXT])
NAMES = {" ": "␣", "\n": "↵"}


def one_hot(codes: Codes) -> Array:
    """Rows of the identity, one for each character."""
    rows: Array = np.eye(len(VOCABULARY), dtype=np.float32)[codes]
    return rows


def windows(starts: Codes) -> Codes:
    """The `WINDOW` characters from each start, and the one that follows them."""
    codes: Codes = CODES[starts[:, None] + np.arange(WINDOW + 1)]
    return codes


def train(rng: np.random.Generator) -> Weights:
    """Train on windows from anywhere in the text, each read from a zero state."""
    cell = nn.GRU(len(VOCABULARY), HIDDEN, batch_first=True)
    head = nn.Linear(HIDDEN, len(VOCABULARY))
    optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        codes = windows(rng.integers(0, len(CODES) - WINDOW, 32))
        logits = head(cell(torch.from_numpy(one_hot(codes[:, :-1])))[0])
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 1), torch.from_numpy(codes[:, 1:]).flatten()
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    p = {k: v.detach().numpy() for k, v in cell.named_parameters()}
    w = {"output/W": head.weight.detach().numpy(), "output/b": head.bias.detach().numpy()}
    for key, name in {"Wx": "weight_ih_l0", "Wh": "weight_hh_l0"}.items():
        w |= {f"gru/{key}_{g}": v for g, v in zip("rzn", np.split(p[name], 3), strict=True)}
    bx, bh = np.split(p["bias_ih_l0"], 3), np.split(p["bias_hh_l0"], 3)
    # Only the candidate needs its two biases apart: the reset gate scales one of them.
    w |= {"gru/b_r": bx[0] + bh[0], "gru/b_z": bx[1] + bh[1]}
    return w | {"gru/bx_n": bx[2], "gru/bh_n": bh[2]}


def score(w: Weights, codes: Codes) -> tuple[Array, Array]:
    """Whether each next character is the likeliest, and its probability."""
    p = softmax(dense(w, "output", gru(w, "gru", one_hot(codes[:, :-1]))))
    following = codes[:, 1:]
    chance = np.take_along_axis(p, following[..., None], -1)[..., 0]
    return (p.argmax(-1) == following).astype(np.float32), chance


def measure(w: Weights) -> dict[str, Any]:
    """How well the text is known: read whole, from every start, and where it is shown."""
    right, chance = score(w, CODES[None])
    shown, _ = score(w, CODES[None, SHOWN.start : SHOWN.stop + 1])
    everywhere, _ = score(w, windows(np.arange(len(CODES) - WINDOW)))
    return {
        "text": "The Zen of Python (PEP 20, public domain), lower case",
        "whole_text_right": f"{int(right.sum())}/{right.size}",
        "whole_text_perplexity": round(float(np.exp(-np.log(chance).mean())), 4),
        "any_start_after_10_right": round(float(everywhere[:, 10:].mean()), 4),
        "any_start_first_10_right": round(float(everywhere[:, :10].mean()), 4),
        "shown_right": f"{int(shown.sum())}/{shown.size}",
    }


def main() -> None:
    """Train, measure and save."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    w = train(np.random.default_rng(SEED))
    names = [NAMES.get(character, character) for character in VOCABULARY]
    Sample(
        one_hot(CODES[SHOWN]),
        w,
        [("gru", "GRU", "tanh"), ("output", "Dense", "softmax")],
        seed=SEED,
        packages=["numpy", "torch"],
        facts=measure(w),
        labels={
            "title": "A GRU that knows the Zen of Python",
            "timesteps": [names[code] for code in CODES[SHOWN]],
            "inputs": names,
            "outputs": names,
        },
    ).save(HERE / "seq")


if __name__ == "__main__":
    main()

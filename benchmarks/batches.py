"""Many sequences side by side: h over time, beside torch.nn on the same batch.

By NumPy alone, and by the compiled machine (the extra ``fast``), which only long batches use: here
all of those rows are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.compiled import HOW
from benchmarks.layers import CELLS, TORCH, Array, agree, inputs, model_of
from benchmarks.measure import Row, both, compiled, show
from benchmarks.peers import torch_run
from rnnstep import Batch
from rnnstep.program.fast import ALWAYS, NEVER

TIMESTEPS = 100


def rows() -> Iterator[Row]:
    """A whole batch, by samples, hidden units and cells."""
    for when, how in ((NEVER, ""), (ALWAYS, HOW)):
        with compiled(when):
            for count in (32, 256):
                for hidden in (64, 256):
                    for cell in CELLS:
                        yield batch(cell, hidden, count, how)


def batch(cell: str, hidden: int, count: int, how: str) -> Row:
    """One model, of which h of every sample and timestep is asked for."""
    model, xs = model_of(cell, hidden), inputs(count, TIMESTEPS)
    theirs = torch_run(model, xs)

    def ours() -> Array:
        return Batch(model, xs)["h_t"]

    agree(ours(), theirs())
    own, peer = both(ours, theirs)
    what = f"{count} sequences of {TIMESTEPS} through {cell}, H = {hidden}{how}"
    return Row(what, own, f"torch.nn.{TORCH[cell]}", peer, "ms", 1.0)


if __name__ == "__main__":
    show(rows())

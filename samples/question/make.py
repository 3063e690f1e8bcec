"""Make the network of the question: Keras' own SimpleRNN, 250 steps of 32 inputs to 100 units.

Run from the repository root: KERAS_BACKEND=torch python samples/question/make.py
"""

import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch

from samples._writing import Sample

HERE = Path(__file__).resolve().parent
SEED = 0
STEPS, INPUTS, HIDDEN = 250, 32, 100


def main() -> None:
    """Build the layer, run it once, and save its input, weights and output."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal((STEPS, INPUTS)).astype(np.float32)
    layer = keras.layers.SimpleRNN(
        HIDDEN,
        return_sequences=True,
        kernel_initializer=keras.initializers.GlorotUniform(seed=SEED),
        recurrent_initializer=keras.initializers.Orthogonal(seed=SEED + 1),
        # Keras starts biases at zero, which would hide a reader that loses them.
        bias_initializer=keras.initializers.RandomNormal(stddev=0.2, seed=SEED + 2),
    )
    states = keras.ops.convert_to_numpy(layer(x[None]))[0]
    kernel, recurrent_kernel, bias = layer.get_weights()
    # The question's layer returns the last state only.
    layer.return_sequences = False
    expected = keras.ops.convert_to_numpy(layer(x[None]))[0]

    h = np.zeros(HIDDEN, np.float32)
    for x_t in x:
        h = np.tanh(x_t @ kernel + h @ recurrent_kernel + bias)
    Sample(
        x,
        {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias},
        [("simple_rnn", "SimpleRNN", "tanh")],
        seed=SEED,
        packages=["numpy", "keras", "torch"],
        facts={
            "largest_difference_numpy_keras": float(np.abs(h - expected).max()),
            "share_of_states_beyond_0.99": round(float((np.abs(states) > 0.99).mean()), 4),
        },
    ).save(HERE / "seq")
    np.save(HERE / "expected.npy", expected.astype(np.float32))


if __name__ == "__main__":
    main()

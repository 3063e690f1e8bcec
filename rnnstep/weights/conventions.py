"""How frameworks lay out the weights of a recurrent layer: one table, with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

KERNEL, RECURRENT, BIAS = "Wx", "Wh", "b"
"""The roles of a layer's tensors: what the input is multiplied with, what the past is, ..."""
INPUT_BIAS, RECURRENT_BIAS, PROJECTION = "bx", "bh", "Wr"

LSTM, GRU, SIMPLE = 4, 3, 1
"""How many gates a cell stacks, the candidate among them."""

CELL_OF_GATES = {SIMPLE: "SimpleRNN", GRU: "GRU", LSTM: "LSTM"}
"""The cell that a recurrent kernel of so many gates belongs to."""


@dataclass(frozen=True)
class Convention:
    """One framework's layout of a family of layers.

    Attributes:
        framework: whose layout it is.
        names: the framework's tensor for each role.
        gates: for each number of gates, our gates' suffixes in the framework's order.
        transposed: whether kernels are (input, gates × hidden) instead of the reverse.
        source: where the framework says so.
        optional: the roles that a file may leave out.
    """

    framework: str
    names: Mapping[str, str]
    gates: Mapping[int, tuple[str, ...]]
    transposed: bool
    source: str
    optional: frozenset[str] = frozenset({BIAS, INPUT_BIAS, RECURRENT_BIAS, PROJECTION})

    def ordered(self, order: tuple[str, ...]) -> Convention:
        """The same layout with another order of gates, if one is given."""
        return replace(self, gates={**self.gates, len(order): order}) if order else self


KERAS = Convention(
    "Keras",
    {KERNEL: "kernel", RECURRENT: "recurrent_kernel", BIAS: "bias"},
    {SIMPLE: ("",), GRU: ("z", "r", "n"), LSTM: ("i", "f", "g", "o")},
    transposed=True,
    source="keras/src/layers/rnn: simple_rnn.py, gru.py (z, r, h), lstm.py (i, f, c, o)",
)
PYTORCH = Convention(
    "PyTorch",
    {
        KERNEL: "weight_ih",
        RECURRENT: "weight_hh",
        INPUT_BIAS: "bias_ih",
        RECURRENT_BIAS: "bias_hh",
        PROJECTION: "weight_hr",
    },
    {SIMPLE: ("",), GRU: ("r", "z", "n"), LSTM: ("i", "f", "g", "o")},
    transposed=False,
    source="torch.nn.RNN, torch.nn.GRU (W_ir|W_iz|W_in), torch.nn.LSTM (W_ii|W_if|W_ig|W_io)",
)
ONNX = Convention(
    "ONNX",
    {KERNEL: "W", RECURRENT: "R", INPUT_BIAS: "Wb", RECURRENT_BIAS: "Rb"},
    {SIMPLE: ("",), GRU: ("z", "r", "n"), LSTM: ("i", "o", "f", "g")},
    transposed=False,
    source="ONNX operators RNN, GRU (W[zrh]), LSTM (W[iofc])",
)
TENSORFLOW1 = Convention(
    "TensorFlow 1",
    {KERNEL: "kernel", RECURRENT: "kernel", BIAS: "bias"},
    {LSTM: ("i", "g", "f", "o")},
    transposed=True,
    source="tf.nn.rnn_cell.BasicLSTMCell: one kernel (input + hidden, 4 × hidden), i, j, f, o",
)

CUDNN = Convention(
    "Keras' cuDNN layers",
    {
        KERNEL: "kernel",
        RECURRENT: "recurrent_kernel",
        INPUT_BIAS: "bias",
        RECURRENT_BIAS: "bias",
    },
    {GRU: ("z", "r", "n"), LSTM: ("i", "f", "g", "o")},
    transposed=False,
    source="tensorflow/python/keras/saving/hdf5_format.py: _convert_rnn_weights",
)
"""Once each gate's kernel is read as (hidden, input), as which its numbers stand in the file."""

CONVENTIONS = (KERAS, PYTORCH, ONNX, TENSORFLOW1)
"""The layouts that names alone can tell."""

KERAS1_GATES = {"i": "i", "f": "f", "c": "g", "o": "o", "z": "z", "r": "r", "h": "n"}
"""Our suffixes of the gates that Keras 1 keeps apart: ``lstm_1_W_c``; keras 1.2.2, recurrent.py."""

ONNX_PEEPHOLES = ("i", "o", "f")
"""The gates of ONNX' input P (P[iof]), in its order."""

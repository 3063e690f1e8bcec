"""Both kernels in another layout of memory: Keras' cuDNN layers, Keras beside cuDNN and PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from rnnstep.diagnosis.biases import BIASES
from rnnstep.diagnosis.edits import Weights, change, each, gates_of
from rnnstep.diagnosis.variant import Change
from rnnstep.equations import Array
from rnnstep.layer import Layer

_IN_KERAS = ("LSTM", "GRU")
"""Cells that Keras 2 also has as cuDNN layers, whose weights have another layout."""
_KERAS_ORDERS = {"rzn": "zrn"}
"""The order of Keras' gates by that of cuDNN's and PyTorch's, where it is another one."""
_BY_GATE = "each gate's kernel.T.reshape(kernel.shape{}) and recurrent_kernel.T"
_WHOLE = "transpose each kernel: its memory in another shape is another kernel"


def layout_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise with the memory of both kernels of a layer together."""
    gates = "".join(gates_of(layer))
    kernels = [layer.weights.get(name) for role in ("Wx", "Wh") for name in _names(role, gates)]
    if any(kernel is None or kernel.ndim != 2 for kernel in kernels):
        return
    hidden, features = layer.weights[_names("Wx", gates)[0]].shape
    if layer.weights[_names("Wh", gates)[0]].shape != (hidden, hidden):
        return
    if hidden == features:
        yield from _turned(index, layer, where)
    elif layer.cell.name in _IN_KERAS:
        yield from _of_cudnn(index, layer, where)
    if gates or hidden != features:
        yield from _of_memory(index, gates, where)


def _of_cudnn(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """Weights of CuDNNLSTM taken as those of LSTM, and the other way round.

    _convert_rnn_weights in keras/engine/saving.py of Keras 2 is what is left out.
    """
    plain, fast = layer.cell.name, f"CuDNN{layer.cell.name}"
    told = "the weights{} are in the layout of Keras' {}, and not converted to that of its {}"
    to_plain = partial(_by_gate, layer, _rows_as_columns)
    to_fast = partial(_by_gate, layer, _columns_as_rows)
    words, hint = told.format(where, fast, plain), _BY_GATE.format(", order='F'")
    yield change(index, _kind(index), words, to_plain, hint)
    words, hint = told.format(where, plain, fast), _BY_GATE.format("")
    yield from _with_bias(index, layer, words, to_fast, hint)


def _turned(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """With as many features as units, the two ways of reading memory are both a transpose."""
    told = f"both kernels{where} are transposed"
    if layer.cell.name in _IN_KERAS:
        told += f", as Keras' {layer.cell.name} and CuDNN{layer.cell.name} have them"
    yield from _with_bias(index, layer, told, partial(_by_gate, layer, np.transpose), _WHOLE)


def _with_bias(
    index: int, layer: Layer, words: str, edit: Callable[[Weights], Weights], hint: str
) -> Iterator[Change]:
    """A change as it is; of an LSTM also with its bias as both of those that cuDNN has."""
    yield change(index, _kind(index), words, edit, hint)
    if layer.cell.name == "LSTM":
        names = [name for name in layer.weights if name.split("_")[0] in BIASES]
        twice = partial(each, names, lambda array: 2 * array)
        words = f"{words}; its bias is taken as each of cuDNN's two"
        hint = f"{hint}; half of the bias as each"
        yield change(index, _kind(index), words, lambda weights: edit(twice(weights)), hint)


def _of_memory(index: int, gates: str, where: str) -> Iterator[Change]:
    """A kernel (input, gates) whose memory is read as (gates, input), and the other way round."""
    keras = _KERAS_ORDERS.get(gates, gates)
    ways = (
        ("(input, gates)", "Keras has", keras),
        ("(gates, input)", "cuDNN and PyTorch have", gates),
    )
    for given, taken, edit in ((*ways, _columns_as_rows), (*ways[::-1], _rows_as_columns)):
        told = (
            f"the kernels{where}, in memory {given[0]} as {given[1]} them, are read as {taken[0]}"
        )
        for order in dict.fromkeys((given[2], taken[2])):
            orders = ", ".join(given[2]), ", ".join(order)
            also = f", and the gates {orders[0]} as {orders[1]}" if order != given[2] else ""
            laid = partial(_stacked, given[2], order, edit)
            yield change(index, _kind(index), told + also, laid, _WHOLE)


def _kind(index: int) -> str:
    return f"layout {index}"


def _names(role: str, gates: Sequence[str]) -> list[str]:
    return [f"{role}_{gate}" for gate in gates] or [role]


def _by_gate(layer: Layer, edit: Callable[[Array], Array], weights: Weights) -> Weights:
    gates = gates_of(layer)
    return each([*_names("Wx", gates), *_names("Wh", gates)], edit, weights)


def _stacked(given: str, taken: str, edit: Callable[[Array], Array], weights: Weights) -> Weights:
    """The kernels of all gates as one array each, and what is taken for each gate of that."""
    after = dict(weights)
    for role in ("Wx", "Wh"):
        whole = edit(np.concatenate([weights[name] for name in _names(role, given)]))
        names = _names(role, taken)
        after |= dict(zip(names, np.split(whole, len(names)), strict=True))
    return after


def _columns_as_rows(kernel: Array) -> Array:
    return kernel.T.reshape(kernel.shape)


def _rows_as_columns(kernel: Array) -> Array:
    return kernel.reshape(kernel.shape[::-1]).T

"""TorchScript archives: their tensors and modules from the pickle, nothing of them run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rnnstep.errors import InputError
from rnnstep.weights.torch.layout import Layout
from rnnstep.weights.torch.pickles import Made
from rnnstep.weights.torch.storages import Described, described

_SCRIPTED = "__torch__."
_MODE = re.compile(r'Final\[str\] = "RNN_(RELU|TANH)"|\btorch\.rnn_(relu|tanh)\(')
_LARGEST_CODE = 4 * 2**20
_DEEPEST = 20


def module_tensors(layout: Layout) -> dict[str, Described]:
    """The tensors of an archive's modules by their names: ``encoder.lstm.weight_ih_l0``.

    Raises:
        InputError: the archive holds no module.
    """
    root = layout.tree.root
    if not (isinstance(root, Made) and root.by.startswith(_SCRIPTED)):
        raise InputError(f"{layout.path}: a TorchScript archive without a module in it")
    return dict(_within(root, "", 0))


def _within(module: Made, lead: str, depth: int) -> Iterator[tuple[str, Described]]:
    state = module.state if isinstance(module.state, dict) else {}
    for name, value in state.items():
        if isinstance(value, Made) and value.by.startswith(_SCRIPTED):
            if depth < _DEEPEST and value.state is not None:
                yield from _within(value, f"{lead}{name}.", depth + 1)
        elif (tensor := described(value)) is not None:
            yield f"{lead}{name}", tensor


def is_described(value: Any) -> bool:
    """Whether a value is a tensor that is not read yet."""
    return isinstance(value, Described)


def nonlinearity(layout: Layout) -> str:
    """``relu`` or ``tanh`` if the sources of all of the archive's nn.RNN say so, else nothing."""
    said = set()
    for name in layout.code:
        if name.endswith(".py"):
            text = layout.record(name)[:_LARGEST_CODE].decode("utf-8", "replace")
            said |= {(a or b).lower() for a, b in _MODE.findall(text)}
    return said.pop() if len(said) == 1 else ""

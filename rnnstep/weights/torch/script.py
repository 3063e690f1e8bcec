"""TorchScript archives: their tensors and modules from the pickle, nothing of them run."""

from __future__ import annotations

import re
from typing import Any

from rnnstep.errors import InputError
from rnnstep.weights.torch.layout import Layout
from rnnstep.weights.torch.pickles import Made
from rnnstep.weights.torch.storages import Described, described

_SCRIPTED = "__torch__."
_MODE = re.compile(r'Final\[str\] = "RNN_(RELU|TANH)"|\btorch\.rnn_(relu|tanh)\(')
_LARGEST_CODE = 4 * 2**20
_DEEPEST = 20


def modules(layout: Layout) -> dict[str, Any]:
    """The modules of an archive as nested dicts: their tensors, and the modules in them.

    Raises:
        InputError: the archive holds no module.
    """
    root = layout.tree.root
    if not (isinstance(root, Made) and root.by.startswith(_SCRIPTED)):
        raise InputError(f"{layout.path}: a TorchScript archive without a module in it")
    return _module(root, 0)


def _module(module: Made, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    state = module.state if isinstance(module.state, dict) else {}
    for name, value in state.items():
        if isinstance(value, Made) and value.by.startswith(_SCRIPTED):
            if depth < _DEEPEST and value.state is not None:
                found[name] = _module(value, depth + 1)
        elif (tensor := described(value)) is not None:
            found[name] = tensor
    return found


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

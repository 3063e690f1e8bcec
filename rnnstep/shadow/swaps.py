"""Functions that cost less, in place of the exact ones: from a table, or of straight lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rnnstep.equations import Node
from rnnstep.equations.nodes import Call, Number
from rnnstep.errors import InputError

_TABLES: Mapping[str, tuple[str, float]] = {
    "sigmoid": ("table_sigmoid", 8.0),
    "tanh": ("table_tanh", 4.0),
}
"""For a function the one from a table, and where its table ends: 0.001 from where it leads."""

_HARD = {"hard": "hard_sigmoid", "hard2": "hard_sigmoid_keras2"}
_TABLE = re.compile(r"table:(\d{1,6})")
_MOST = 65536


def check_functions(said: str) -> None:
    """Refuse what names no functions.

    Raises:
        InputError: with what does.
    """
    table = _TABLE.fullmatch(said)
    if said and said not in _HARD and not (table and 2 <= int(table[1]) <= _MOST):
        choice = f"table:N with 2 to {_MOST} entries, {' or '.join(_HARD)}"
        raise InputError(f"no functions '{said[:20]}': write {choice}")


def swapped(node: Node, said: str) -> Node:
    """A node with a cheaper function, if it is a call of one that there is."""
    if isinstance(node, Call):
        table = _TABLE.fullmatch(said)
        if table and node.function in _TABLES:
            name, limit = _TABLES[node.function]
            return Call(name, (*node.arguments, Number(float(table[1])), Number(limit)))
        if node.function == "sigmoid" and said in _HARD:
            return Call(_HARD[said], node.arguments)
    return node


def swapped_name(function: str, said: str) -> str:
    """The name of the cheaper function, or the same."""
    after = swapped(Call(function, ()), said)
    return after.function if isinstance(after, Call) else function

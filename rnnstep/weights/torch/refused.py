"""What a pickle holds that would have to be run to be loaded."""

from __future__ import annotations

from typing import Any

from rnnstep.errors import InputError
from rnnstep.notes import printable
from rnnstep.weights.torch.pickles import Made, Tree

HARMLESS = frozenset(
    {
        "collections.OrderedDict",
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter",
        "torch._utils._rebuild_parameter_with_state",
        "torch._utils._rebuild_sparse_tensor",
        "torch._utils._rebuild_qtensor",
        "torch._utils._rebuild_meta_tensor_no_storage",
        "torch.nn.parameter.Parameter",
        "torch.Size",
        "torch.device",
        "torch.serialization._get_layout",
        "_codecs.encode",
    }
)
"""The calls that ``weights_only=True`` makes and that a state dict can need."""


def foreign(tree: Tree) -> list[str]:
    """The names of the other calls, each once."""
    return list(dict.fromkeys(_name(made) for made in tree.made if made.by not in HARMLESS))


def refuse_module(root: Any, where: str) -> None:
    """Refuse an object that is no dict or list of tensors: a whole module, as a rule.

    Raises:
        InputError: its class, and how to save a state dict instead.
    """
    if isinstance(root, Made) and root.by not in HARMLESS:
        told = f"a whole pickled object ({_name(root)}), which would run code when loaded"
        how = "open it where it was made and torch.save(model.state_dict(), 'model.pt')"
        raise InputError(f"{where}: {told}; {how}")


def _name(made: Made) -> str:
    return printable(made.by or "a nameless call")[:80]

"""Which part of a checkpoint is the model's state, and what its tensors are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rnnstep.errors import InputError
from rnnstep.notes import Note, printable
from rnnstep.weights.remarks import some

HOLDERS = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "parameters",
)
"""The keys under which checkpoints hold a state dict, those that mean nothing else first."""

_BESIDE = ("optim", "sched", "scaler", "ema", "loss", "rng", "history", "config", "args")
"""Parts of names of what checkpoints hold beside the model."""

_WRAPPERS = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before a module's names."""

_KEYS = (str, int, bytes)
_DEEPEST, _MOST = 20, 200_000

IsTensor = Callable[[Any], bool]


@dataclass(frozen=True, eq=False)
class State:
    """The tensors of a model by name, and what was said or left out on the way to them."""

    tensors: Mapping[str, Any]
    notes: tuple[Note, ...] = ()


def find_state(root: Any, is_tensor: IsTensor, where: str) -> State:
    """The tensors of a state dict, or of a checkpoint that holds one.

    Args:
        root: what the file holds.
        is_tensor: tells a tensor.
        where: the file, for errors.

    Raises:
        InputError: no dict, or one without tensors.
    """
    if is_tensor(root):
        told = "holds one tensor without a name"
        raise InputError(f"{where}: {told}; save a dict: torch.save(model.state_dict(), …)")
    held, path, notes = root, "", []
    while (part := _holder(held, is_tensor)) is not None:
        left = [k for k in held if k != part and _holds(held[k], is_tensor)]
        if left:
            notes.append(Note(f"not read beside '{_text(part)}': {some(list(map(_text, left)))}"))
        held, path = held[part], f"{path}{_text(part)}."
    if path:
        notes.insert(0, Note(f"the state dict under '{path[:-1]}'"))
    tensors: dict[str, Any] = {}
    for name, value in _leaves(held, is_tensor):
        if name in tensors:
            raise InputError(f"{where}: two tensors have the name '{name}'")
        tensors[name] = value
    odd = [k for k in held if not isinstance(k, _KEYS)] if isinstance(held, Mapping) else []
    if unnamed := sum(is_tensor(held[key]) for key in odd):
        notes.append(Note(f"{unnamed} tensors under keys that are no text: not read", warning=True))
    if not tensors:
        kind = type(root).__name__
        raise InputError(f"{where}: holds no tensors by name ({kind}); save model.state_dict()")
    return _unwrapped(State(tensors, tuple(notes)))


def _holder(held: Any, is_tensor: IsTensor) -> Any:
    """The key under which a checkpoint holds the state dict; ``None`` if it is one itself."""
    if not isinstance(held, Mapping):
        return None
    holding = [k for k in held if isinstance(held[k], Mapping) and _holds(held[k], is_tensor)]
    for key in HOLDERS:
        if key in holding:
            return key
    if any(map(is_tensor, held.values())):
        return None
    own = [k for k in holding if not any(part in str(k).lower() for part in _BESIDE)]
    return own[0] if len(own) == 1 and len(holding) > 1 else None


def _holds(held: Any, is_tensor: IsTensor) -> bool:
    return next(_leaves(held, is_tensor), None) is not None


def _leaves(held: Any, is_tensor: IsTensor) -> Iterator[tuple[str, Any]]:
    """The tensors within dicts and lists, by their path; each dict and list once."""
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", held, 0)]
    for _ in range(_MOST):
        if not waiting:
            return
        path, value, depth = waiting.pop()
        if is_tensor(value):
            yield path, value
            continue
        if depth > _DEEPEST or id(value) in seen:
            continue
        parts: list[tuple[Any, Any]] = []
        if isinstance(value, Mapping):
            parts = [(k, v) for k, v in value.items() if isinstance(k, _KEYS)]
        elif isinstance(value, list | tuple):
            parts = list(enumerate(value))
        if parts:
            seen.add(id(value))
        lead = f"{path}." if path else ""
        waiting += [(f"{lead}{_text(key)}", part, depth + 1) for key, part in reversed(parts)]


def _text(key: Any) -> str:
    return printable(key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key))[:200]


def _unwrapped(state: State) -> State:
    """The same tensors without the names that wrappers put before them."""
    notes, tensors = list(state.notes), dict(state.tensors)
    for wrapper in _WRAPPERS * 2:
        if all(name.startswith(wrapper) for name in tensors):
            tensors = {name.removeprefix(wrapper): value for name, value in tensors.items()}
            notes.append(Note(f"'{wrapper}' taken from the front of every name"))
    shorter = {name.replace(f".{_WRAPPERS[1]}", "."): value for name, value in tensors.items()}
    if len(shorter) == len(tensors) and shorter.keys() != tensors.keys():
        tensors = shorter
        notes.append(Note(f"'{_WRAPPERS[1]}' taken out of the names"))
    return State(tensors, tuple(notes))

"""A pickle's structure, walked opcode by opcode: nothing that it names is imported or called."""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from mmap import mmap
from typing import IO, Any, cast

from rnnstep.errors import InputError

DEEPEST = 50
"""Tuples in tuples: what a state dict never has, and what exhausts the stack when hashed."""

_SKIPPED = {"PROTO", "FRAME"}
_MEMO_PUT = {"BINPUT", "LONG_BINPUT", "PUT"}
_MEMO_GET = {"BINGET", "LONG_BINGET", "GET"}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_SHORT_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_DAMAGED = (ValueError, IndexError, KeyError, TypeError, AttributeError, EOFError, OverflowError)


@dataclass(frozen=True)
class Named:
    """A class or function that the pickle names."""

    name: str


@dataclass(frozen=True, eq=False)
class Stored:
    """What the pickle says lies outside of it: the numbers of a tensor."""

    about: Any


@dataclass(eq=False)
class Made:
    """What the pickle would make by a call.

    Attributes:
        by: the name of what would be called; empty if that is itself no name.
        arguments: what with.
        state: what would be set on the result.
    """

    by: str
    arguments: Any
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Tree:
    """A walked pickle.

    Attributes:
        root: the object: dicts, lists, tuples, plain values, :class:`Made`, :class:`Stored`.
        made: every call of it.
        stored: every reference to numbers.
    """

    root: Any = None
    made: list[Made] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)


def walk_pickle(file: IO[bytes] | mmap, where: str) -> Tree:
    """Walk one pickle; the file then stands behind it.

    Raises:
        InputError: damaged, or with what no file of PyTorch has.
    """
    walk = _Walk()
    try:
        for opcode, argument, _ in pickletools.genops(cast(IO[bytes], file)):
            if opcode.name == "STOP":
                walk.tree.root = walk.stack.pop()
                return walk.tree
            walk.step(opcode, argument)
    except _DAMAGED:
        pass
    raise InputError(f"{where}: its pickle is damaged, or of a kind that PyTorch does not write")


class _Walk:
    """The stack, the marks and the memo of a pickle machine that makes nothing."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.stack: list[Any] = []
        self.marked: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.depths: dict[int, int] = {}
        self.kept: list[Any] = []

    def step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        name, stack = opcode.name, self.stack
        if name in _MEMO_PUT:
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in _MEMO_GET:
            stack.append(self.memo[argument])
        elif name == "MARK":
            self.marked.append(stack)
            self.stack = []
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name == "GLOBAL":
            stack.append(Named(argument.replace(" ", ".")))
        elif not opcode.stack_before and len(opcode.stack_after) == 1 and argument is not None:
            stack.append(argument)
        elif name not in _SKIPPED:
            self._build(name)

    def _build(self, name: str) -> None:
        if name in _SHORT_TUPLES:
            count = _SHORT_TUPLES[name]
            self._tuple([self.stack.pop() for _ in range(count)][::-1])
        elif name == "TUPLE":
            items = self._marked_items()
            self._tuple(items)
        elif name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_SET"):
            self.stack.append({} if name == "EMPTY_DICT" else [])
        elif name in ("APPEND", "SETITEM"):
            count = 1 if name == "APPEND" else 2
            items = [self.stack.pop() for _ in range(count)][::-1]
            self._fill(self.stack[-1], items)
        elif name in ("APPENDS", "SETITEMS", "ADDITEMS"):
            items = self._marked_items()
            self._fill(self.stack[-1], items)
        else:
            self._call(name)

    def _call(self, name: str) -> None:
        top = self.stack.pop()
        if name == "BINPERSID":
            self.tree.stored.append(Stored(top))
            self.stack.append(self.tree.stored[-1])
        elif name == "BUILD":
            target = self.stack[-1]
            if isinstance(target, Made):
                target.state = top
        elif name in ("REDUCE", "NEWOBJ"):
            self._make(self.stack.pop(), top)
        elif name == "NEWOBJ_EX":
            arguments = self.stack.pop()
            self._make(self.stack.pop(), (arguments, top))
        elif name == "STACK_GLOBAL":
            self.stack.append(Named(f"{self.stack.pop()}.{top}"))
        else:
            raise ValueError(name)

    def _make(self, callee: Any, arguments: Any) -> None:
        by = callee.name if isinstance(callee, Named) else ""
        if by == "collections.OrderedDict" and arguments == ():
            self.stack.append({})
            return
        made = Made(by, arguments)
        self.depths[id(made)] = self._depth([arguments])
        self.tree.made.append(made)
        self.stack.append(made)

    def _fill(self, target: Any, items: list[Any]) -> None:
        """Append to a list, or set pairs in a dict; pairs in anything else are kept beside it."""
        if isinstance(target, list):
            target.extend(items)
            return
        pairs = target.items if isinstance(target, Made) else target
        for key, value in zip(items[::2], items[1::2], strict=True):
            pairs[key if isinstance(key, str | int | float | bytes) else _Odd()] = value

    def _tuple(self, items: list[Any]) -> None:
        made = tuple(items)
        self.kept.append(made)
        self.depths[id(made)] = self._depth(items)
        self.stack.append(made)

    def _depth(self, items: list[Any]) -> int:
        depth = 1 + max((self.depths.get(id(item), 0) for item in items), default=0)
        if depth > DEEPEST:
            raise ValueError("too deep")
        return depth

    def _marked_items(self) -> list[Any]:
        items, self.stack = self.stack, self.marked.pop()
        return items


class _Odd:
    """A key that is neither text nor a number."""

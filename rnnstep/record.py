"""Immutable records with named fields, as frozen dataclasses are, but quick to define.

A dataclass compiles methods of its own, up to a millisecond for each class, and the first frame
waits for all that are imported before it. What is loaded later may as well be a dataclass.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """Fields by position or by name, of which those with a default may be left out.

    Two of one class with equal fields are equal, unless the class is made with ``eq=False``. A
    default is shared by all that leave it out, so it is immutable too.
    """

    field_names: ClassVar[tuple[str, ...]] = ()
    """In the order of the class, those of its bases first."""
    _known: ClassVar[frozenset[str]] = frozenset()
    not_compared: ClassVar[frozenset[str]] = frozenset()
    """The fields that do not matter to whether two are equal."""

    def __init_subclass__(cls, *, eq: bool = True) -> None:
        own = (n for n, kind in cls.__annotations__.items() if not kind.startswith("ClassVar"))
        cls.field_names = (*cls.field_names, *own)
        cls._known = frozenset(cls.field_names)
        cls.__match_args__ = cls.field_names  # type: ignore[attr-defined, misc]
        if not eq:
            cls.__eq__, cls.__hash__ = object.__eq__, object.__hash__  # type: ignore[method-assign]

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = dict(zip(self.field_names, values, strict=False))
        fields.update(named)
        if len(values) + len(named) != len(self.field_names) or fields.keys() != self._known:
            self._check(len(values), named)
        self.__dict__.update(fields)
        self.__post_init__()

    def _check(self, positional: int, named: Collection[str]) -> None:
        """That all that is given is a field, once, and that no other is without a default."""
        name, names = type(self).__name__, self.field_names
        if positional > len(names):
            raise TypeError(f"{name} has {len(names)} fields, not {positional}")
        if twice := [n for n in named if n in names[:positional] or n not in names]:
            raise TypeError(f"{name} takes {', '.join(names)}, each once: not {twice[0]}")
        left = (n for n in names[positional:] if n not in named)
        if missing := [n for n in left if not hasattr(type(self), n)]:
            raise TypeError(f"{name} needs {', '.join(missing)}")

    def __post_init__(self) -> None:
        """What a class makes of its fields, once they are there."""

    def replaced(self, **changes: Any) -> Self:
        """Another with other values in some of the fields.

        Raises:
            TypeError: it has no such field.
        """
        fields = {name: getattr(self, name) for name in self.field_names}
        return type(self)(**fields | changes)

    __replace__ = replaced

    @property
    def content(self) -> tuple[Any, ...]:
        """What is equal in equal records, in the order of the fields."""
        apart = self.not_compared
        return tuple(getattr(self, name) for name in self.field_names if name not in apart)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.content == other.content

    def __hash__(self) -> int:
        return hash((type(self), self.content))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.field_names)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} is set once: replaced() makes another")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted")

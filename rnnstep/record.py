"""Immutable records with named fields, as frozen dataclasses are, but quick to define.

A dataclass compiles methods of its own, up to a millisecond for each class, and the first frame
waits for all that are imported before it. What is loaded later may as well be a dataclass.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """Fields by position or by name, of which those with a default may be left out.

    Two of one class with equal fields are equal, unless the class is made with ``eq=False``. A
    default is shared by all that leave it out, so it is immutable too.
    """

    field_names: ClassVar[tuple[str, ...]] = ()
    """In the order of the class, those of its bases first."""
    not_compared: ClassVar[frozenset[str]] = frozenset()
    """The fields that do not matter to whether two are equal."""

    def __init_subclass__(cls, *, eq: bool = True) -> None:
        own = (n for n, kind in cls.__annotations__.items() if not kind.startswith("ClassVar"))
        cls.field_names = (*cls.field_names, *own)
        cls.__match_args__ = cls.field_names  # type: ignore[attr-defined, misc]
        if not eq:
            cls.__eq__, cls.__hash__ = object.__eq__, object.__hash__  # type: ignore[method-assign]

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.field_names, values, strict=False))
        if len(given) < len(values) or given.keys() & named.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.field_names)}")
        given |= named
        unknown = given.keys() - set(self.field_names)
        missing = [n for n in self.field_names if n not in given and not hasattr(type(self), n)]
        if unknown or missing:
            wrong = f"no {min(unknown)}" if unknown else f"{missing[0]} must be given"
            raise TypeError(f"{type(self).__name__}: {wrong}")
        self.__dict__.update(given)
        self.__post_init__()

    def __post_init__(self) -> None:
        """What a class makes of its fields, once they are there."""

    def replaced(self, **changes: Any) -> Self:
        """Another with other values in some of the fields.

        Raises:
            TypeError: it has no such field.
        """
        fields = {name: getattr(self, name) for name in self.field_names}
        return type(self)(**fields | changes)

    def _key(self) -> tuple[Any, ...]:
        """What is equal in equal records."""
        apart = self.not_compared
        return tuple(getattr(self, name) for name in self.field_names if name not in apart)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.field_names)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} is set once: replaced() makes another")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted")

"""Records: what a frozen dataclass promises, and that nothing loaded at the start is one."""

from __future__ import annotations

import copy
import pickle
from typing import ClassVar

import pytest

from rnnstep.record import Record


class Place(Record):
    """Where something stands."""

    limit: ClassVar[int] = 9
    not_compared: ClassVar = frozenset({"note"})

    line: int
    column: int = 1
    note: str = ""


class Named(Place):
    """With a field more."""

    name: str = "here"


class Single(Record, eq=False):
    """One that is only itself."""

    value: int


def test_fields_are_given_by_place_or_name_or_left_out() -> None:
    assert (Place(3).line, Place(3).column) == (3, 1)
    assert Place(3, 4) == Place(column=4, line=3) == Place(3, column=4)
    assert Named(1, 2, "", "there").name == "there"
    assert Named.field_names == ("line", "column", "note", "name")


@pytest.mark.parametrize(
    ("values", "named", "complaint"),
    [
        ((), {}, "needs line"),
        ((1, 2, "", 4), {}, "3 fields, not 4"),
        ((1,), {"line": 2}, "each once: not line"),
        ((1,), {"row": 2}, "each once: not row"),
        ((1, 2), {"limit": 2}, "each once: not limit"),
        ((), {"column": 2, "note": "", "row": 1}, "not row"),
    ],
)
def test_wrong_fields_are_refused(
    values: tuple[object, ...], named: dict[str, object], complaint: str
) -> None:
    with pytest.raises(TypeError, match=complaint):
        Place(*values, **named)  # type: ignore[arg-type]


def test_a_field_is_set_once() -> None:
    place = Place(1)
    with pytest.raises(AttributeError, match="replaced"):
        place.line = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="deleted"):
        del place.line
    assert place.replaced(line=2) == place.__replace__(line=2) == Place(2)
    assert place == Place(1)
    with pytest.raises(TypeError, match="not row"):
        place.replaced(row=2)


def test_equality_is_of_the_class_and_of_the_fields_that_matter() -> None:
    assert Place(1, note="a") == Place(1, note="b")
    assert hash(Place(1, note="a")) == hash(Place(1, note="b"))
    assert Place(1) != Place(2)
    assert Named(1) != Place(1)
    assert Place(1) != (1, 1)
    one = Single(1)
    assert one == one  # noqa: PLR0124
    assert one != Single(1)


def test_one_is_matched_shown_and_copied_as_a_dataclass_is() -> None:
    match Place(1, 2):
        case Place(line, column):
            assert (line, column) == (1, 2)
    assert repr(Single(2)) == "Single(value=2)"
    assert copy.copy(Place(1, 2, "n")).note == "n"
    assert copy.deepcopy(Place(1, 2)) == Place(1, 2)
    assert pickle.loads(pickle.dumps(Place(1, 2))) == Place(1, 2)

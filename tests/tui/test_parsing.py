"""The command line: what it understands, and what it says to what it does not."""

from __future__ import annotations

import pytest

from rnnstep.commands.parsing import one_of, parse_command
from rnnstep.errors import InputError


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("12", "goto", "12"),
        ("goto 12", "goto", "12"),
        ("step 3", "step", "3"),
        ("value rnn/h_t", "value", "rnn/h_t"),
        ("qui", "quit", ""),
        ("save  a b.svg ", "save", "a b.svg"),
        ("-1", "goto", "-1"),
        ("step -3", "step", "-3"),
        ("t 5", "goto", "5"),
        ("G", "last", ""),
        (">", "faster", ""),
        ("fol", "follow", ""),
        ("unit carry", "unit", "carry"),
    ],
)
def test_understood(text: str, name: str, said: str) -> None:
    action, given = parse_command(text)
    assert (action.name, given) == (name, said)


@pytest.mark.parametrize(
    "text",
    [
        *("", "stpe", "goto x", "play 3", "ne", "+-5", "step --3", "step ²", "first x"),
        *("goto 1.5", "9" * 5000, "step " + "9" * 5000),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_command(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("folow", "no command 'folow'; did you mean 'follow'?"),
        ("foo", "no command 'foo'; :help shows all"),
        ("ne", "'ne' may be next_unit or next_layer or next_panel"),
        ("9" * 5000, "a number of 5000 digits is too large: 18 are the most"),
        ("step -" + "9" * 19, "a number of 19 digits is too large: 18 are the most"),
    ],
)
def test_a_refusal_is_short(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_command(text)
    assert str(refused.value) == said


def test_a_name_is_known_in_full_and_behind_its_colon() -> None:
    known = ["crameri:vik", "cmocean:balance"]
    assert one_of("colour map", "vik", known) == "crameri:vik"
    assert one_of("colour map", "crameri:vik", known) == "crameri:vik"
    for name in ("vk", "other:vik", ""):
        with pytest.raises(InputError, match="no colour map"):
            one_of("colour map", name, known)

"""The command line: what it understands, and what it says to what it does not."""

from __future__ import annotations

import pytest

from rnnstep.errors import InputError
from rnnstep.tui.commands import parse_command


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("12", "goto", "12"),
        ("goto 12", "goto", "12"),
        ("step 3", "step", "3"),
        ("value rnn/h_t", "value", "rnn/h_t"),
        ("qui", "quit", ""),
        ("save  a b.svg ", "save", "a b.svg"),
    ],
)
def test_understood(text: str, name: str, said: str) -> None:
    action, given = parse_command(text)
    assert (action.name, given) == (name, said)


@pytest.mark.parametrize("text", ["", "stpe", "goto x", "play 3", "ne"])
def test_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_command(text)

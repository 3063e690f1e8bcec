"""Variants of a cell, made from its listing, so that what is done differently stands in it."""

from __future__ import annotations

import re

from rnnstep.cells.listing import CURRENT, PREVIOUS

MASK = "m_t"
"""The mask of a timestep: 1 where there is something to read, 0 at padding."""

_STATE = re.compile(rf"^\s*state\s+(\w+){PREVIOUS}\s*:.*$", re.MULTILINE)


def masked(text: str) -> str:
    """The listing of the same cell with a second input, a mask: at 0 every state is held.

    That is how Keras' recurrent layers treat masked timesteps.
    """
    for state in _STATE.findall(text):
        line = re.compile(rf"^(\s*){state}{CURRENT}(\s*=.*)$", re.MULTILINE)
        held = f"where({MASK}, {state}_new, {state}{PREVIOUS})"
        text = line.sub(rf"\1{state}_new\2\n{state}{CURRENT} = {held}    # held at padding", text)
    return _with_mask(text)


def _with_mask(text: str) -> str:
    first = re.search(r"^\s*input\b.*$", text, re.MULTILINE)
    if first is None:
        return text
    return f"{text[: first.end()]}\ninput  {MASK}: scalar{text[first.end() :]}"

"""Variants of a cell, made from its listing, so that what is done differently stands in it."""

from __future__ import annotations

import re

from rnnstep.cells.parts import CURRENT, MASK, PREVIOUS

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


def spelled(text: str, option: str, formula: str) -> str:
    """The listing with a function that has no name of its own written out.

    Args:
        text: the listing.
        option: whose calls are replaced; the cell does not offer it any more.
        formula: what stands there instead, ``{x}`` for the argument.
    """
    text = re.sub(rf"^\s*option\s+{option}\b.*\n", "", text, flags=re.MULTILINE)
    return _called(text, option, formula)


def read_with(text: str, option: str, formula: str) -> str:
    """The listing with another function where the new cell state is read."""
    return _called(text, option, formula, r"c_t")


def clipped(text: str, limit: str) -> str:
    """The listing with every pre-activation cut to -limit…limit: ONNX' attribute ``clip``."""
    line = re.compile(r"^(\s*a(?:_\w+)?\s*=\s*)([^#\n]*[^#\s])(.*)$", re.MULTILINE)
    return line.sub(rf"\1clip(\2, -{limit}, {limit})\3", text)


_FORGETS = re.compile(
    r"^\s*(?:weight\s+(?:Wx_f|Wh_f|p_f|b_f)\s*:|(?:Wx_x_f|Wh_h_f|p_c_f|a_f)\s*=).*\n", re.MULTILINE
)


def coupled(text: str) -> str:
    """The listing of an LSTM that forgets what it writes: ONNX' attribute ``input_forget``."""
    told = "f_t    = 1 - i_t    # coupled: as much is forgotten as is written"
    return re.sub(r"^\s*f_t\s*=.*$", told, _FORGETS.sub("", text), flags=re.MULTILINE)


def _called(text: str, option: str, formula: str, argument: str = r"\w+") -> str:
    call = re.compile(rf"\b{option}\(({argument})\)")
    return call.sub(lambda found: formula.format(x=found[1]), text)

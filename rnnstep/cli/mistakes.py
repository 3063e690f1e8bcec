"""What is wrong with the words of a command, in one line: what, where, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from cyclopts import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
)
from cyclopts.argument import Argument

from rnnstep.errors import did_you_mean

_KINDS = {int: "a whole number", float: "a number", bool: "yes or no"}


def in_one_line(error: CycloptsError) -> str:
    """The mistake as the other mistakes are told, instead of in the parser's words."""
    chain = error.command_chain or ()
    command = " ".join(["rnnstep", *chain])
    told = _what(error) or " ".join(str(error).split()).removesuffix(".")
    where = f"{' '.join(chain)}: " if chain else ""
    return f"{where}{told}; {command} --help tells more"


def _what(error: CycloptsError) -> str:
    """What is wrong and what to do; empty of what is not known here."""
    argument = error.argument
    match error:
        case MissingArgumentError() if argument is not None:
            about = _about(error, argument)
            # an option that may be left out was given without a value
            lacks = "is missing" if argument.required else "takes a value"
            return f"{argument.name} {lacks}" + (f": {about}" if about else "")
        case UnusedCliTokensError(unused_tokens=[first, *_]):
            taken = [known.name for known in _known(error) if known.name[0] not in "-*"]
            return f"'{first}' is one too many: it takes {' and '.join(taken) or 'options alone'}"
        case UnknownOptionError(token=token):
            option = (token.keyword or token.value).partition("=")[0]
            near = did_you_mean(option, [name for known in _known(error) for name in known.names])
            return f"no option {option}{near if near.endswith('?') else ''}"
        case CoercionError(token=token) if argument is not None and token is not None:
            kinds = {argument.hint, *get_args(argument.hint)}
            kind = next((told for kind, told in _KINDS.items() if kind in kinds), "another value")
            return f"{argument.name} takes {kind}, not '{token.value}'"
        case RepeatArgumentError(token=token):
            return f"{token.keyword} is given twice: once is enough"
    return ""


def _about(error: CycloptsError, argument: Argument) -> str:
    """What is said of an argument in the help."""
    told = next((a.parameter.help for a in _known(error) if a.name == argument.name), None)
    text = " ".join((told or "").split()).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _known(error: CycloptsError) -> Iterable[Argument]:
    """All that the command takes."""
    return error.app.assemble_argument_collection(parse_docstring=True) if error.app else ()

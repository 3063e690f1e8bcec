"""What a user says about the files, declared once for every command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from rnnstep.economy import MEMORY
from rnnstep.errors import InputError

if TYPE_CHECKING:
    from rnnstep.saved import SessionFile
    from rnnstep.session import Session

_MODEL = Group(
    "Model",
    help="What the files do not say, or say otherwise.",
    default_parameter=Parameter(show_default=False),
)
_RUN = Group("Run", default_parameter=Parameter(show_default=False))


def _path(_type: type, tokens: Sequence[Any]) -> Path:
    if not tokens[0].value:
        raise InputError("the name of a file is empty")
    return Path(tokens[0].value)


File = Annotated[Path, Parameter(converter=_path, n_tokens=1)]
"""A path that a user wrote. Python takes an empty one for the folder it is in."""


@Parameter(name="*", group=_MODEL)
@dataclass(frozen=True)
class Reading:
    """What the user says about a weight file, the same for every command."""

    cell: Annotated[str, Parameter(help="Cell, such as LSTM, or a cell file")] = ""
    activation: Annotated[str, Parameter(help="Such as tanh, relu, sigmoid, linear")] = ""
    recurrent_activation: Annotated[str, Parameter(help="The gates' activation")] = ""
    dtype: Annotated[str | None, Parameter(help="float16, float32 or float64")] = None
    gate_order: Annotated[str, Parameter(help="How gates are stacked: i,f,c,o or z,r,h")] = ""
    prefix: Annotated[str, Parameter(help="Read tensors whose names begin so")] = ""
    rename: Annotated[str, Parameter(help="Other names for tensors: OLD=NEW,OLD=NEW")] = ""


@Parameter(name="*", group=_MODEL)
@dataclass(frozen=True)
class Options(Reading):
    """What the user says about the files, the same for every command that runs them."""

    weights: Annotated[File | None, Parameter(help="Weight file (default: beside SEQ)")] = None
    layer: Annotated[str, Parameter(help="Layer whose values go by their bare names")] = ""
    state: Annotated[File | None, Parameter(help="File of initial states")] = None
    sample: Annotated[int | None, Parameter(help="Which sequence of a batch")] = None
    vocabulary: Annotated[File | None, Parameter(help="Words of a sequence of numbers")] = None
    memory: Annotated[
        int, Parameter(group=_RUN, help=f"MiB of states to keep (default: {MEMORY})")
    ] = MEMORY

    @property
    def flags(self) -> list[str]:
        """What was said, as words of a command."""
        words: list[str] = []
        for field in fields(self):
            said = getattr(self, field.name)
            if said != field.default:
                words += [f"--{field.name.replace('_', '-')}", str(said)]
        return words


@Parameter(name="*", group=Group("Session", default_parameter=Parameter(show_default=False)))
@dataclass(frozen=True)
class Keeping:
    """Where what a user does is kept, the same for every command that opens the debugger."""

    session: Annotated[
        File | None, Parameter(help="Session file (default: one per sequence and weights)")
    ] = None
    no_session: Annotated[
        bool, Parameter(negative="", help="Start clean: read and write no session file")
    ] = False

    def file(self, session: Session) -> SessionFile | None:
        """The session's file, if it is to have one."""
        from rnnstep.saved import file_of

        if self.no_session and self.session is not None:
            raise InputError("--no-session and --session exclude each other")
        return None if self.no_session else file_of(session, self.session)

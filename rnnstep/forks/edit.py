"""An edit: what is changed, where, and to what; a text that can be repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from rnnstep.equations import to_text
from rnnstep.equations.nodes import Index, Name, Range
from rnnstep.equations.text import number_text
from rnnstep.paths import typed_path


class Operation(Enum):
    """What is done to a value or weight, by the word that it is written with."""

    SET = "set"
    SCALE = "scale"
    NOISE = "noise"
    SWAP = "swap"
    HOLD = "hold"


class Reach(Enum):
    """For which timesteps, by the word that it is written with."""

    AT = "at"
    FROM = "from"
    ALWAYS = "always"


@dataclass(frozen=True)
class Edit:
    """One edit, immutable; ``str(edit)`` is the text that :func:`parse_edit` reads.

    Attributes:
        operation: what is done.
        name: to which value or weight, as the model calls it: ``lstm/h_t``.
        items: to which of its entries; all if empty.
        reach: at one timestep, from it on, or always.
        t: the timestep; 0 if always.
        numbers: what the entries are set to, one for all or one for each; the factor; the
            standard deviation of the noise.
        seed: of the noise.
        source: whose entries are taken instead: a file, or this run's timestep, ``from 12``.
    """

    operation: Operation
    name: str
    items: tuple[int | Range, ...]
    reach: Reach
    t: int
    numbers: tuple[float, ...] = ()
    seed: int = 0
    source: str = ""

    @property
    def target(self) -> str:
        """``h_t[3]``."""
        name = Name(self.name)
        return to_text(Index(name, self.items) if self.items else name)

    @property
    def source_t(self) -> int | None:
        """The timestep whose entries are taken; ``None`` if it is a file's, or none's."""
        found = re.fullmatch(r"from\s+(\d{1,9})", self.source)
        return int(found[1]) if found else None

    @property
    def absolute(self) -> Edit:
        """The same edit wherever the program is started: a file goes by its whole path."""
        if not self.source or self.source_t is not None:
            return self
        return replace(self, source=str(typed_path(self.source).absolute()))

    def __str__(self) -> str:
        """``set h_t[3] = 0.5 at 12``."""
        numbers = " ".join(map(number_text, self.numbers))
        middle = {
            Operation.SET: f" = {numbers}",
            Operation.SCALE: f" {numbers}",
            Operation.NOISE: f" {numbers} seed {self.seed}",
            Operation.SWAP: f" {self.source}",
            Operation.HOLD: "",
        }[self.operation]
        when = "" if self.reach is Reach.ALWAYS else f" {self.t}"
        return f"{self.operation.value} {self.target}{middle} {self.reach.value}{when}"

"""What a shadow does otherwise: its formats and its functions, and how that is written."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstep.errors import InputError, did_you_mean
from rnnstep.shadow.formats import FORMATS
from rnnstep.shadow.swaps import check_functions

_ONLY, _ROWS = "weights-only", "per-row"
USAGE = f"{' | '.join(FORMATS)} | int8/int16 [table:N | hard | hard2] [{_ONLY}] [{_ROWS}]"
"""How a shadow is written."""


@dataclass(frozen=True)
class Shadow:
    """What is done otherwise than in the exact run; what is empty stays exact.

    Attributes:
        weights: the format of the weights.
        activations: the format of every value that a line makes, and of the sequence.
        functions: ``table:N``, ``hard`` or ``hard2`` in place of the exact functions.
        per_row: whether each row of a matrix of integers has a step of its own.

    Raises:
        InputError: a format or a function that is not known.
    """

    weights: str = ""
    activations: str = ""
    functions: str = ""
    per_row: bool = False

    def __post_init__(self) -> None:
        for said in (self.weights, self.activations):
            if said and said not in FORMATS:
                raise InputError(f"no number format '{said[:20]}'{did_you_mean(said, FORMATS)}")
        check_functions(self.functions)
        if not (self.weights or self.activations or self.functions):
            raise InputError(f"say what the shadow is: {USAGE}")

    @classmethod
    def parse(cls, text: str) -> Shadow:
        """A shadow from its text, ``int8 table:256``.

        Raises:
            InputError: a word that says nothing of a shadow.
        """
        words = text.split()
        formats = [word for word in words if word.partition("/")[0] in FORMATS]
        rest = [word for word in words if word not in (*formats, _ONLY, _ROWS)]
        if len(formats) > 1 or len(rest) > 1:
            raise InputError(f"one shadow at a time: {USAGE}")
        if rest and not formats and not rest[0].startswith(("table", "hard")):
            raise InputError(f"no number format '{rest[0][:20]}'{did_you_mean(rest[0], FORMATS)}")
        return cls.in_format("".join(formats), "".join(rest), _ONLY in words, _ROWS in words)

    @classmethod
    def in_format(
        cls, form: str, functions: str = "", weights_only: bool = False, per_row: bool = False
    ) -> Shadow:
        """A shadow whose weights and values are in one format, or its weights alone.

        Args:
            form: the format; ``int8/int16`` are that of the weights and that of the values.
            functions: as :class:`Shadow` takes them.
            weights_only: whether values stay exact.
            per_row: as :class:`Shadow` takes it.
        """
        weights, slash, values = form.partition("/")
        if slash and (weights_only or not (weights and values)):
            raise InputError(f"'{form[:20]}' is the weights' format and the values': int8/int16")
        return cls(weights, "" if weights_only else values or weights, functions, per_row)

    def __str__(self) -> str:
        """As it is written, where it can be."""
        both = dict.fromkeys(form for form in (self.weights, self.activations) if form)
        words = ["/".join(both), self.functions]
        words += [_ONLY] if self.weights and not self.activations else []
        words += ["activations-only"] if self.activations and not self.weights else []
        return " ".join(word for word in [*words, _ROWS * self.per_row] if word)

    @property
    def parts(self) -> dict[str, Shadow]:
        """What it is made of: each thing that it does otherwise, alone."""
        found = {}
        if self.weights:
            found["weights"] = Shadow(weights=self.weights, per_row=self.per_row)
        if self.activations:
            found["activations"] = Shadow(activations=self.activations)
        if self.functions:
            found["functions"] = Shadow(functions=self.functions)
        return found

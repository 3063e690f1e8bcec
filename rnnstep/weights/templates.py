"""Names of tensors that are kept apart by gate: ``W_xi`` and ``W_hi``, or ``Wf`` and ``Uf``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One way to name a gate's tensors, with ``{}`` for its letter; see :func:`plainly`.

    Attributes:
        kernel: what the input is multiplied with, or input and hidden state together.
        recurrent: what the hidden state is; empty if one kernel is for both.
        hidden_first: whether such a kernel stands before [h, x], not [x, h].
    """

    kernel: str
    recurrent: str = ""
    hidden_first: bool = True


TEMPLATES = (
    Template("wx{}", "wh{}"),  # d2l.ai: W_xi, W_hi
    Template("wi{}", "wh{}"),  # the symbols of torch.nn.LSTM: W_ii, W_hi
    Template("i{}", "h{}"),  # flax.linen.LSTMCell: ii, hi
    Template("w{}x", "w{}h"),  # Gers, Schmidhuber: W_ix, W_ih
    Template("w{}", "u{}"),  # Wikipedia: W_f, U_f
    Template("wxh{}", hidden_first=False),
    Template("whx{}"),
    Template("w{}"),  # Colah, deeplearning.ai: W_f·[h, x]
)
"""The surest first: the last one also fits those that have more."""

LETTERS: tuple[Mapping[str, str], ...] = (
    *({"i": "i", "f": "f", "g": candidate, "o": "o"} for candidate in "cgja"),
    {"i": "u", "f": "f", "g": "c", "o": "o"},
    *({"r": "r", "z": "z", "n": candidate} for candidate in "hncg"),
)
"""The letters that people use for our gates' suffixes."""


@dataclass(frozen=True)
class Match:
    """A template that a layer's names fit, and the letter of each gate."""

    template: Template
    letters: Mapping[str, str]

    def kernel(self, gate: str) -> str:
        """The plain name of a gate's kernel."""
        return self.template.kernel.format(self.letters[gate])

    def recurrent(self, gate: str) -> str:
        """The plain name of a gate's recurrent kernel; empty if it has none of its own."""
        return self.template.recurrent.format(self.letters[gate])

    def input_biases(self, gate: str) -> tuple[str, ...]:
        """The plain names that a gate's bias may have, where there is one, or one of two."""
        letter = self.letters[gate]
        return f"b{letter}", f"bx{letter}", f"bi{letter}", f"{self.kernel(gate)}.bias"

    def recurrent_biases(self, gate: str) -> tuple[str, ...]:
        """The plain names of the second bias, if there are two."""
        own = self.recurrent(gate)
        return (f"bh{self.letters[gate]}", f"{own}.bias") if own else ()


def plainly(name: str) -> str:
    """A tensor's name without what people write differently: ``W_xi`` is wxi."""
    return name.lower().replace("_", "")


def match_gates(names: Collection[str]) -> Match | None:
    """The first template of which all kernels are there; names as :func:`plainly` gives them."""
    for template in TEMPLATES:
        for letters in LETTERS:
            found = Match(template, letters)
            kernels = {
                name for gate in letters for name in (found.kernel(gate), found.recurrent(gate))
            }
            if kernels - {""} <= set(names):
                return found
    return None

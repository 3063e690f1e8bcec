"""The vectors as a C header: arrays, and a table of the cases."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnstep import __version__
from rnnstep.equations import Array
from rnnstep.notes import printable
from rnnstep.vectors import Vector, Vectors
from rnnstep.vectors.manifest import arrays_of

_WIDTH = 96
_DOUBLE = 8
"""Bytes from which on a number is a double in C."""


def c_header(vectors: Vectors) -> str:
    """``vectors.h``: C99, and of itself without a warning where its table is used."""
    return "\n".join([*_head(vectors), *_cases(vectors), *_table(vectors), "#endif", ""])


def _head(vectors: Vectors) -> Iterator[str]:
    first = vectors.vectors[0]
    double = _is_double(vectors)
    longest = max(len(vector.x) for vector in vectors.vectors)
    yield f"/* Test vectors of {_comment(vectors.model)},"
    yield f" * {_comment(vectors.weights)}; by rnnstep {__version__}, seed {vectors.seed}."
    if vectors.rows:
        yield f" * The input is the number of a row of the table, 0 to {vectors.rows - 1}."
    yield f" * Output: {_comment(vectors.output)}."
    for one in vectors.carried:
        yield f" * State {one.start} to {one.stop - 1}: {_comment(one.name)}."
    yield " */"
    yield "#ifndef RNNSTEP_VECTORS_H"
    yield "#define RNNSTEP_VECTORS_H"
    yield ""
    yield f"#define RNN_FEATURES {first.x.shape[1]}"
    yield f"#define RNN_OUTPUTS {first.expected.shape[1]}"
    yield f"#define RNN_STATES {vectors.states}"
    yield f"#define RNN_CASES {len(vectors.vectors)}"
    yield f"#define RNN_LONGEST {longest}"
    yield f"#define RNN_DIGITS {17 if double else 9}"
    yield ""
    yield f"typedef {_real(vectors)} rnn_real;"
    yield ""


def _cases(vectors: Vectors) -> Iterator[str]:
    for vector in vectors.vectors:
        yield f"/* {vector.name}: {_comment(vector.tells)}. */"
        for key, array in arrays_of(vector).items():
            yield from _array(f"{vector.name}_{key}", array, vectors)
        yield ""


def _array(name: str, array: Array, vectors: Vectors) -> Iterator[str]:
    # C has no array without an entry
    numbers = array.reshape(-1) if array.size else np.zeros(1)
    yield f"static const {_real(vectors)} {name}[{len(numbers)}] = {{"
    line = "   "
    for number in numbers:
        text = f" {_number(float(number), _is_double(vectors))},"
        if len(line) + len(text) > _WIDTH:
            yield line
            line = "   "
        line += text
    yield line
    yield "};"


def _table(vectors: Vectors) -> Iterator[str]:
    yield "struct rnn_case {"
    yield "    const char *name;"
    yield "    int timesteps;"
    yield "    double absolute, relative; /* tolerated: absolute + relative * |expected| */"
    yield "    const rnn_real *x, *state, *expected, *final_state;"
    yield "};"
    yield ""
    yield "static const struct rnn_case rnn_cases[RNN_CASES] = {"
    for vector in vectors.vectors:
        yield f"    {{{_entry(vector)}}},"
    yield "};"
    yield ""


def _entry(vector: Vector) -> str:
    tolerance = f"{vector.tolerance.absolute!r}, {vector.tolerance.relative!r}"
    arrays = ", ".join(f"{vector.name}_{key}" for key in arrays_of(vector))
    return f'"{vector.name}", {len(vector.x)}, {tolerance}, {arrays}'


def _number(value: float, double: bool) -> str:
    text = f"{value:.{17 if double else 9}g}"
    whole = not set(text) & set(".e")
    return f"{text}{'.0' if whole else ''}{'' if double else 'f'}"


def _is_double(vectors: Vectors) -> bool:
    return vectors.dtype.itemsize >= _DOUBLE


def _real(vectors: Vectors) -> str:
    return "double" if _is_double(vectors) else "float"


def _comment(text: str) -> str:
    """A text that ends no comment, in the letters that every compiler takes."""
    plain = printable(text).replace("→", "->").encode("ascii", "replace").decode()
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")

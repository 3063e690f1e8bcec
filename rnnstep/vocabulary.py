"""Words for the numbers of a sequence: what its embedding's rows are called."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rnnstep.arrays import exists, open_binary
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.labels import Labels
from rnnstep.model import Model
from rnnstep.notes import Note, printable
from rnnstep.record import Record

ENDINGS = (".vocab.json", ".vocab.txt")
"""How the file beside a sequence ends: ``seq.vocab.json``."""

_LARGEST = 50_000_000

_MOST = 2**31
"""Rows that a table has at the most."""


class Vocabulary(Record):
    """The words of numbers.

    Attributes:
        words: by number.
        doubled: how many numbers have several words, of which the first is taken.
    """

    words: Mapping[int, str]
    doubled: int = 0

    @property
    def size(self) -> int:
        """How many rows a table for it has: from 0 to the largest number."""
        return max(self.words, default=-1) + 1

    def of(self, number: int) -> str:
        """The word of a number, or the number."""
        return self.words.get(number, str(number))


def vocabulary_beside(sequence: Path) -> Path | None:
    """The vocabulary file of ``seq.npy``, if there is one."""
    paths = (sequence.with_suffix(ending) for ending in ENDINGS)
    return next((path for path in paths if exists(path)), None)


def read_vocabulary(path: Path) -> Vocabulary:
    """Read the words of numbers.

    A text file has a word a line, the first that of number 0. A json file has a list of words,
    or an object: word to number (Keras' ``word_index``, ``vocab.json``) or number to word.

    Raises:
        InputError: no such file, too large, not text, or none of these forms.
    """
    with open_binary(path, empty=True) as file:
        if os.fstat(file.fileno()).st_size > _LARGEST:
            raise InputError(f"{path}: a vocabulary has at most {_LARGEST:,} bytes")
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
        data = json.loads(text) if path.suffix.lower() == ".json" else _lines(text)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "a text in UTF-8"
        raise InputError(f"{path}: not {kind}: {error}") from None
    pairs = _pairs(data)
    if pairs is None:
        raise InputError(f"{path}: expected a list of words, or an object of words and numbers")
    words: dict[int, str] = {}
    doubled = set()
    for number, word in pairs:
        if not 0 <= number < _MOST:
            raise InputError(f"{path}: no row has the number {number}, that of {word!r}")
        if number in words:
            doubled.add(number)
        # a word that cannot be seen would look like none
        words.setdefault(number, printable(word).replace(" ", "␣") or str(number))
    return Vocabulary(words, len(doubled))


def _lines(text: str) -> list[str]:
    """Lines as editors count them: a word may hold one of Unicode's other separators."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _pairs(data: object) -> list[tuple[int, str]] | None:
    if isinstance(data, list) and all(isinstance(word, str) for word in data):
        return list(enumerate(data))
    if not isinstance(data, dict):
        return None
    if all(isinstance(n, int) and not isinstance(n, bool) for n in data.values()):
        return [(number, word) for word, number in data.items()]
    if all(key.isdecimal() and isinstance(word, str) for key, word in data.items()):
        return [(int(key), word) for key, word in data.items()]
    return None


def in_words(
    labels: Labels, vocabulary: Vocabulary, xs: Array, model: Model, name: str
) -> tuple[Labels, Note]:
    """The labels of a sequence of numbers, completed by their words.

    Args:
        labels: those that are there stay.
        vocabulary: the words.
        xs: the sequence, (timesteps, 1).
        model: whose last layer's outputs take the words, too, if there are as many.
        name: of the vocabulary's file, for the note.

    Raises:
        InputError: the sequence is not one of numbers.
    """
    if model.layers[0].cell.input.shape or xs.shape[1] != 1:
        raise InputError(f"{name}: the model reads vectors, which have no words; leave it out")
    numbers = np.asarray(xs[:, 0], np.int64)
    words = tuple(vocabulary.of(int(number)) for number in numbers)
    fits = model.layers[-1].output_size == vocabulary.size
    outputs = tuple(map(vocabulary.of, range(vocabulary.size))) if fits else ()
    told = [f"words for {len(vocabulary.words)} numbers"]
    unknown = sum(int(number) not in vocabulary.words for number in numbers)
    if unknown:
        told.append(f"{unknown} of the sequence's numbers have none")
    if vocabulary.doubled:
        has = "number has" if vocabulary.doubled == 1 else "numbers have"
        told.append(f"{vocabulary.doubled} {has} several words: the first is taken")
    completed = labels.replaced(
        timesteps=labels.timesteps or words, outputs=labels.outputs or outputs
    )
    return completed, Note(f"{name}: {'; '.join(told)}", warning=len(told) > 1)

"""Words for the numbers of a sequence: what its embedding's rows are called."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from rnnstep.arrays import exists, open_binary
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.labels import Labels
from rnnstep.model import Model
from rnnstep.notes import Note, printable

ENDINGS = (".vocab.json", ".vocab.txt")
"""How the file beside a sequence ends: ``seq.vocab.json``."""

_LARGEST = 50_000_000

Vocabulary = Mapping[int, str]


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
        data = json.loads(text) if path.suffix.lower() == ".json" else text.splitlines()
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "a text in UTF-8"
        raise InputError(f"{path}: not {kind}: {error}") from None
    words = _words(data)
    if words is None:
        raise InputError(f"{path}: expected a list of words, or an object of words and numbers")
    return {number: printable(word) for number, word in words.items()}


def _words(data: object) -> dict[int, str] | None:
    if isinstance(data, list) and all(isinstance(word, str) for word in data):
        return dict(enumerate(data))
    if not isinstance(data, dict):
        return None
    pairs = data.items()
    if all(isinstance(n, int) and not isinstance(n, bool) for n in data.values()):
        return {number: word for word, number in pairs}
    if all(key.isdecimal() and isinstance(word, str) for key, word in pairs):
        return {int(key): word for key, word in pairs}
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
    words = tuple(vocabulary.get(int(number), str(number)) for number in numbers)
    outputs = tuple(vocabulary.get(number, str(number)) for number in range(len(vocabulary)))
    fits = model.layers[-1].output_size == len(vocabulary)
    unknown = sum(int(number) not in vocabulary for number in numbers)
    told = f"; {unknown} of the sequence's numbers have none" if unknown else ""
    text = f"{name}: words for {len(vocabulary)} numbers{told}"
    completed = replace(
        labels,
        timesteps=labels.timesteps or words,
        outputs=labels.outputs or (outputs if fits else ()),
    )
    return completed, Note(text, warning=bool(unknown))

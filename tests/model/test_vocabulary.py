"""Words for the numbers of a sequence, and files that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import InputError, Session, open_session
from tests.cli.bad import Capture
from tests.cli.test_command import complaint

TOKENS = [2, 0, 1, 2]


def written(folder: Path, tokens: list[int], vocabulary: str = "", name: str = "") -> Path:
    np.save(folder / "seq.npy", np.array(tokens))
    np.savez(folder / "seq.weights.npz", E=np.eye(3, dtype=np.float32))
    if name:
        (folder / name).write_text(vocabulary, encoding="utf-8")
    return folder / "seq.npy"


def opened(path: Path, vocabulary: Path | None = None) -> Session:
    return open_session(path, cell="Embedding", vocabulary=vocabulary)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seq.vocab.txt", "the\ncat\nsat\n"),
        ("seq.vocab.json", '["the", "cat", "sat"]'),
        ("seq.vocab.json", '{"the": 0, "cat": 1, "sat": 2}'),
        ("seq.vocab.json", '{"0": "the", "1": "cat", "2": "sat"}'),
    ],
)
def test_timesteps_and_outputs_are_called_by_their_words(
    tmp_path: Path, name: str, text: str
) -> None:
    session = opened(written(tmp_path, TOKENS, text, name))
    assert session.labels.timesteps == ("sat", "the", "cat", "sat")
    assert any("words for 3 numbers" in note.text for note in session.notes)


def test_labels_that_are_given_stay(tmp_path: Path) -> None:
    path = written(tmp_path, TOKENS, "the\ncat\nsat", "seq.vocab.txt")
    (tmp_path / "seq.labels.json").write_text('{"timesteps": ["first"]}')
    assert opened(path).labels.timesteps == ("first",)


def test_a_number_without_a_word_is_said_and_stays_a_number(tmp_path: Path) -> None:
    session = opened(written(tmp_path, TOKENS, "the\ncat", "other.txt"), tmp_path / "other.txt")
    assert session.labels.timesteps == ("2", "the", "cat", "2")
    assert any(n.warning and "2 of the sequence's numbers" in n.text for n in session.notes)


def test_a_word_is_shown_without_its_control_characters(tmp_path: Path) -> None:
    session = opened(written(tmp_path, TOKENS, '["\\u001b[2J", "cat", "sat"]', "seq.vocab.json"))
    assert "\x1b" not in "".join(session.labels.timesteps)


def test_a_separator_inside_a_word_does_not_shift_the_next_ones(tmp_path: Path) -> None:
    session = opened(written(tmp_path, [1, 2], "a\r\nb\u2028c\r\nd\r\n", "seq.vocab.txt"))
    assert session.labels.timesteps[1] == "d"


def test_a_blank_word_is_seen(tmp_path: Path) -> None:
    session = opened(written(tmp_path, [0, 1, 2], '[" ", "", "a b"]', "seq.vocab.json"))
    assert session.labels.timesteps == ("␣", "1", "a␣b")


def test_two_words_of_one_number_are_said(tmp_path: Path) -> None:
    session = opened(written(tmp_path, [0, 1], '{"a": 0, "b": 0, "c": 1}', "seq.vocab.json"))
    assert session.labels.timesteps == ("a", "c")
    assert any(n.warning and "1 number has several words" in n.text for n in session.notes)


def test_words_that_begin_at_one_name_the_outputs_of_their_numbers(tmp_path: Path) -> None:
    session = opened(written(tmp_path, [1, 2], '{"cat": 1, "sat": 2}', "seq.vocab.json"))
    assert session.labels.outputs == ("0", "cat", "sat")


@pytest.mark.parametrize("number", ["-1", "99999999999999999999"])
def test_a_number_that_no_row_has(tmp_path: Path, number: str) -> None:
    path = written(tmp_path, [0], f'{{"a": {number}}}', "seq.vocab.json")
    with pytest.raises(InputError, match="no row"):
        opened(path)


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"a": 1.5}', "3", '{"a": "b"}', '{"a": true}'])
def test_what_is_no_vocabulary_is_one_line(tmp_path: Path, capsys: Capture, text: str) -> None:
    path = written(tmp_path, TOKENS, text, "seq.vocab.json")
    line = complaint(capsys, "print", str(path), "--cell", "Embedding")
    assert line.startswith(f"rnnstep: error: {tmp_path / 'seq.vocab.json'}: ")


def test_vectors_have_no_words(tmp_path: Path) -> None:
    np.save(tmp_path / "seq.npy", np.zeros((3, 2), np.float32))
    (tmp_path / "seq.vocab.txt").write_text("the\n")
    with pytest.raises(InputError, match="reads vectors"):
        open_session(tmp_path / "seq.npy", cell="SimpleRNN")

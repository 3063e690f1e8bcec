"""What cannot change is looked at once: weights, in files or not, and the past."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np

from rnnstep.arrays import is_fixed
from rnnstep.render.kept import kept
from tests.drawing.runs import simple_rnn


def test_weights_of_a_file_cannot_change_mapped_or_read(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    np.arange(4096, dtype=np.float32).tofile(path)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    read = np.frombuffer(path.read_bytes(), np.float32)
    of_mapped = np.frombuffer(memoryview(mapped)[4:], np.float32)
    for array in (np.memmap(path, np.float32, "r"), read, of_mapped):
        assert is_fixed(array.reshape(-1, 1)[1:])
    assert not is_fixed(np.memmap(path, np.float32, "r+"))
    assert not is_fixed(np.frombuffer(memoryview(bytearray(8)).toreadonly(), np.float32))


def test_a_mapped_matrix_is_made_smaller_once(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.ones((200, 200), np.float32))
    array = np.load(tmp_path / "w.npy", mmap_mode="r")
    looked: list[int] = []
    for _ in range(3):
        kept(np.asarray(array), "here", lambda: looked.append(1))
    assert looked == [1]


def test_vectors_drive_no_matrix_out() -> None:
    matrix = np.zeros((64, 64))
    matrix.flags.writeable = False
    made: list[int] = []
    for _ in range(3):
        kept(matrix, "once", lambda: made.append(1))
        for _ in range(100):
            vector = np.zeros((4096, 1))
            vector.flags.writeable = False
            kept(vector, "each", lambda: None)
    assert made == [1]


def test_a_stretch_of_the_past_is_the_same_array_at_each_step() -> None:
    session = simple_rnn(3, timesteps=9)
    for size, stop in ((1, 9), (2, 4)):
        past = session.history.blocks(0, "h_t", size, 0, stop)
        assert session.history.blocks(0, "h_t", size, 0, stop) is past
        assert is_fixed(past)
        assert session.history.blocks(0, "h_t", size, 1, stop).tolist() == past[1:].tolist()


def test_what_can_be_written_to_is_not_remembered() -> None:
    array = np.zeros((200, 200))
    view = array[:]
    view.flags.writeable = False
    assert kept(view, "largest", view.max) == 0
    array[0, 0] = 1
    assert kept(view, "largest", view.max) == 1

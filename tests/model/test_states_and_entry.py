"""Initial states from a file, and where in a model a sequence enters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnstep import (
    InputError,
    Layer,
    Model,
    Trace,
    build_layer,
    load_cell,
    load_model,
    open_session,
)
from rnnstep.cli import main
from rnnstep.export import export
from rnnstep.fitting import entering
from rnnstep.layer import Link
from rnnstep.notes import Note
from rnnstep.states import read_state

T, D, H = 6, 3, 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An embedding, an LSTM and a head, and sequences for the first and for the second."""
    draw = np.random.default_rng(0).normal
    np.savez(
        tmp_path / "weights.npz",
        **{
            "emb.weight": draw(size=(5, D)),
            "lstm.weight_ih_l0": draw(size=(4 * H, D)),
            "lstm.weight_hh_l0": draw(size=(4 * H, H)),
            "fc.weight": draw(size=(2, H)),
            "fc.bias": draw(size=2),
        },  # type: ignore[arg-type]
    )
    np.save(tmp_path / "numbers.npy", np.array([0, 4, 2, 2, 1, 3]))
    np.save(tmp_path / "batch.npy", np.array([[0, 4, 2, 2, 1, 3], [1, 1, 1, 1, 1, 1]]))
    np.save(tmp_path / "vectors.npy", np.load(tmp_path / "weights.npz")["emb.weight"][[0, 4, 2]])
    return tmp_path


def test_numbers_enter_at_the_embedding_and_vectors_behind_it(folder: Path) -> None:
    numbers, vectors = (open_session(folder / f"{name}.npy") for name in ("numbers", "vectors"))
    assert len(numbers.trace.model.layers) == 3
    assert len(vectors.trace.model.layers) == 2
    assert any(n.warning and "not run: Embedding" in n.text for n in vectors.notes)
    whole = numbers.trace.series("lstm/h_t")[:3]
    assert np.array_equal(whole, vectors.trace.series("lstm/h_t"))


def test_two_axes_of_numbers_are_a_batch(folder: Path) -> None:
    first = open_session(folder / "batch.npy")
    assert np.array_equal(first.trace.xs, np.load(folder / "numbers.npy")[:, np.newaxis])
    second = open_session(folder / "batch.npy", sample=1)
    assert (second.trace.xs == 1).all()
    assert any("sample 1 of 2" in note.text for note in second.notes)


def test_states_are_read_under_every_name_they_go_by(folder: Path) -> None:
    model = load_model(folder / "weights.npz")
    h, c = np.arange(4.0), np.arange(4.0) + 10
    spellings = [
        {"h_prev": h, "c_prev": c},
        {"h_t": h, "c_t": c},
        {"lstm/h_prev": h, "lstm/c_prev": c},
        {"h0": h[np.newaxis, np.newaxis], "c0": c[np.newaxis]},
        {"initial/lstm/h_t": h, "initial/lstm/c_t": c, "lstm/h_t": np.zeros((T, H))},
    ]
    for spelling in spellings:
        np.savez(folder / "state.npz", **spelling)  # type: ignore[arg-type]
        read = read_state(folder / "state.npz", model)
        assert {name: array.tolist() for name, array in read.items()} == {
            "lstm/h_prev": h.tolist(),
            "lstm/c_prev": c.tolist(),
        }
    session = open_session(folder / "numbers.npy", state=folder / "state.npz")
    assert session.trace.initial["lstm/c_t"].tolist() == c.tolist()


def test_pytorch_s_states_go_one_row_a_layer(tmp_path: Path) -> None:
    draw = np.random.default_rng(0).normal
    weights = {
        f"{leaf}_l0{end}": draw(size=(H, width))
        for end in ("", "_reverse")
        for leaf, width in (("weight_ih", D), ("weight_hh", H))
    }
    np.savez(tmp_path / "w.npz", **weights)  # type: ignore[arg-type]
    np.savez(tmp_path / "s.npz", h0=np.arange(8.0).reshape(2, 1, H))
    read = read_state(tmp_path / "s.npz", load_model(tmp_path / "w.npz"))
    assert [state.tolist() for state in read.values()] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    np.savez(tmp_path / "s.npz", h0=np.zeros((3, 1, H)))
    with pytest.raises(InputError, match="the model has 2 layers"):
        read_state(tmp_path / "s.npz", load_model(tmp_path / "w.npz"))


def test_a_trace_s_own_file_gives_its_initial_states_again(folder: Path) -> None:
    np.savez(folder / "state.npz", h_prev=np.arange(4.0), c_prev=np.arange(4.0) + 10)
    first = open_session(folder / "numbers.npy", state=folder / "state.npz")
    export(first.trace, folder / "out.npz")
    again = open_session(folder / "numbers.npy", state=folder / "out.npz")
    assert np.array_equal(again.trace.series("fc/y_t"), first.trace.series("fc/y_t"))


@pytest.mark.parametrize(
    ("arrays", "told"),
    [({"h": np.zeros(4)}, "no state 'h'"), ({"h_prev": np.zeros(5)}, "has shape (5,)")],
)
def test_states_that_do_not_fit_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arrays: dict[str, np.ndarray], told: str
) -> None:
    np.savez(folder / "state.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as ended:
        main(["print", str(folder / "numbers.npy"), "--state", str(folder / "state.npz")])
    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert told in said.err


def test_an_npy_file_is_the_only_state_there_is(folder: Path) -> None:
    np.save(folder / "h.npy", np.arange(4.0))
    with pytest.raises(InputError, match=r"name the states in an npz file: lstm/h_prev, lstm/c"):
        read_state(folder / "h.npy", load_model(folder / "weights.npz"))
    np.savez(folder / "rnn.npz", Wx=np.ones((4, 1)), Wh=np.eye(4))
    session = open_session(
        folder / "numbers.npy", weights=folder / "rnn.npz", state=folder / "h.npy"
    )
    assert session.trace.initial["h_t"].tolist() == [0, 1, 2, 3]


def test_a_number_without_a_row_is_refused(folder: Path) -> None:
    np.save(folder / "numbers.npy", np.array([0, 5]))
    with pytest.raises(InputError, match=r"numbers.npy: .*5 at t = 1.*rows 0 to 4"):
        open_session(folder / "numbers.npy")


def lstm(reads: tuple[Link, ...], masked: bool = False) -> Layer:
    cell = load_cell("LSTM", hold_at_padding=masked)
    sizes = {"input": D, "hidden": H}
    draw = np.random.default_rng(0).normal
    weights = {d.name: draw(size=[sizes[str(a)] for a in d.shape]) for d in cell.weights}
    return build_layer("lstm", cell, weights, reads=reads)


def test_what_is_not_run_is_named_where_a_sequence_does_not_fit() -> None:
    note = Note("not run: Conv1D 'c'; 'lstm' reads the sequence in its place", warning=True)
    with pytest.raises(InputError, match=r"takes 3 \(not run: Conv1D 'c'; 'lstm' reads"):
        Trace(Model((lstm((Link(),)),), (note,)), np.zeros((T, D + 1)))


def test_a_first_layer_of_any_width_is_run() -> None:
    mask = build_layer("mask", load_cell("Masking"), {}, np.float64, reads=(Link(),))
    whole = Model((mask, lstm((Link("mask"), Link("mask", "m_t")), masked=True)))
    assert entering(whole, D) is whole


def test_without_the_layer_that_says_what_padding_is_nothing_is_held() -> None:
    table = build_layer("emb", load_cell("Embedding"), {"E": np.ones((9, D))}, reads=(Link(),))
    mask = build_layer("mask", load_cell("Masking"), {}, np.float64, reads=(Link(),))
    reads = (Link("emb"), Link("mask", "m_t"))
    cut = build_layer("cut", load_cell("Cut"), {}, np.float64, reads=(Link("lstm"), reads[1]))
    masked = entering(Model((table, mask, lstm(reads, masked=True), cut)), D)
    xs = np.random.default_rng(1).normal(size=(T, D))
    plain = Trace(Model((lstm((Link(),)),)), xs).series("h_t")
    assert np.array_equal(Trace(masked, xs).series("lstm/h_t"), plain)
    assert np.array_equal(Trace(masked, xs).series("cut/y_t"), plain)

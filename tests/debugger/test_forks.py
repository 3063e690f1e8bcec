"""The tree of forks: nothing is overwritten, undo takes back, a mistake changes nothing."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstep import (
    InputError,
    Layer,
    Model,
    Session,
    Trace,
    build_layer,
    load_cell,
    open_session,
)
from rnnstep.forks.effect import Effect
from rnnstep.forks.language import parse_edit
from rnnstep.forks.making import edited
from rnnstep.forks.tree import Fork
from rnnstep.provenance.past import End
from rnnstep.samples_folder import sample
from tests.debugger.runs import D, H, inputs, lstm, session_of, stack

T = 40
EDITS = ["set h_t[3] = 0.5", "scale f_t 0.5 from here", "noise h_prev 0.1 seed 3"]
EDITS += ["zero c_prev", "set x_t = 1 0 -1", "set Wh_f[0, 1] = 0.2", "swap h_prev from 2"]


NOTHING = ["scale h_t 1 at", "scale f_t 1 from", "scale Wh_f 1 from", "scale c_prev 1 at"]
NOTHING += ["scale x_t 1 at", "scale h_prev 1 from"]


def h(session: Session) -> bytes:
    return session.trace.series("h_t").tobytes()


def test_a_fork_without_edits_equals_its_parent() -> None:
    trace = Trace(lstm(), inputs())
    for changes, origin in (((), 0), ((), 17)):
        fork = trace.changed(changes, origin)
        assert fork.parent is trace
        for name in lstm().layers[0].cell.values:
            np.testing.assert_array_equal(fork.series(name), trace.series(name))
        assert not Effect(fork, trace).curve(0, "h_t", 0, T).any()
    # an edit that changes no number, too
    same = edited(trace, parse_edit("scale f_t 1 always", trace.model, 0))
    np.testing.assert_array_equal(same.series("h_t"), trace.series("h_t"))


WALK = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, len(EDITS) - 1), st.integers(0, T - 1)),
        st.tuples(st.just("undo"), st.just(0), st.just(0)),
        st.tuples(st.just("redo"), st.just(0), st.just(0)),
        st.tuples(st.just("switch"), st.integers(0, 6), st.just(0)),
    ),
    max_size=12,
)


@given(WALK)
@settings(max_examples=40, deadline=None)
def test_nothing_is_overwritten_wherever_one_walks(walk: list[tuple[str, int, int]]) -> None:
    session = session_of()
    seen = {0: h(session)}
    for action, which, t in walk:
        before = session.tree.current
        try:
            if action == "edit":
                session.goto(t)
                fork = session.edit(EDITS[which])
                assert fork.parent is before
                assert session.undo() is before
                assert h(session) == seen[before.number]
                assert session.redo() is fork
            elif action == "switch":
                session.switch(which)
            else:
                getattr(session, action)()
        except InputError:
            assert session.tree.current is before
        number = session.tree.current.number
        assert session.trace is session.tree.current.trace
        assert seen.setdefault(number, h(session)) == h(session)
    for number, bits in seen.items():
        session.switch(number)
        assert h(session) == bits


def test_undo_and_redo_go_the_way_back_and_an_edit_after_it_is_another_fork() -> None:
    session = session_of()
    first = session.edit("zero h_t at 5")
    second = session.edit("zero c_t at 9")
    assert [session.undo(), session.undo().number] == [first, 0]
    with pytest.raises(InputError, match="nothing to undo"):
        session.undo()
    other = session.edit("set h_t = 1 at 7")
    assert other.number == 3
    with pytest.raises(InputError, match="nothing to redo"):
        session.redo()
    session.undo()
    assert session.redo() is other
    session.switch(2)
    session.undo()
    session.undo()
    # what was looked at last
    assert [session.redo(), session.redo()] == [first, second]
    assert [f.number for f in second.line] == [0, 1, 2]
    assert session.tree.below(session.tree.forks[0]) == (first, other)
    with pytest.raises(InputError, match="no fork 4: there are 0 to 3"):
        session.switch(4)


def test_the_cursor_and_the_breakpoints_stay_and_all_else_is_of_the_fork() -> None:
    session = session_of()
    session.add_break("h_t[1] == 0")
    session.goto(12)
    session.goto_value("h_t")
    session.goto_unit(1)
    before = session.cursor
    assert session.continue_forward() is None
    limit = session.frame().ranges.of(0, "c_t")
    session.edit("zero h_t[1] at 15")
    assert session.cursor == before
    stop = session.continue_forward()
    assert stop is not None
    assert stop.t == 15
    session.edit("set c_t = 50 always")
    frame = session.frame()
    assert frame.ranges.of(0, "c_t") == 50 > limit
    assert (frame.history.window(0, "c_t", 0, 4) == 50).all()
    assert frame.trace is session.trace


def test_a_state_of_another_sequence_is_swapped_in(tmp_path: Path) -> None:
    session = session_of()
    other = Trace(lstm(), inputs(seed=7))
    np.save(tmp_path / "h.npy", other.frame(20)["h_t"])
    np.savez(tmp_path / "state.npz", h_t=other.frame(20)["h_t"], c_t=other.frame(20)["c_t"])
    session.edit(f"swap h_prev {tmp_path / 'h.npy'} at 12")
    session.edit(f"swap c_prev {tmp_path / 'state.npz'} at 12")
    state = {"h_prev": other.frame(20)["h_t"], "c_prev": other.frame(20)["c_t"]}
    expected = Trace(lstm(), inputs()[12:], state)
    np.testing.assert_array_equal(session.trace.series("h_t", 12), expected.series("h_t"))
    np.save(tmp_path / "h.npy", np.zeros(H + 1))
    with pytest.raises(InputError, match=r"h\.npy: has shape \(5,\); h_prev has \(4,\)"):
        session.edit(f"swap h_prev {tmp_path / 'h.npy'} at 12")


def test_a_swapped_timestep_is_this_run_s_own() -> None:
    session = session_of()
    session.edit("swap f_t from 3 at 12")
    trace = session.trace
    np.testing.assert_array_equal(trace.frame(12)["f_t"], trace.frame(3)["f_t"])


def test_a_silenced_unit_is_silent_throughout() -> None:
    session = Session(Trace(stack(), inputs()))
    session.goto_value("gru/z_t")
    session.goto_unit(2)
    fork = session.ablate()
    assert str(fork.edit) == "set gru/h_t[2] = 0 always"
    assert not session.trace.series("gru/h_t")[:, 2].any()
    assert session.trace.series("gru/h_t")[:, 1].all()
    with pytest.raises(InputError, match="no unit 4: layer gru has 0 to 3"):
        session.ablate(H)


@given(st.lists(st.tuples(st.sampled_from(NOTHING), st.integers(0, T - 1)), min_size=1, max_size=4))
def test_a_long_run_and_its_forks_are_run_by_the_same(edits: list[tuple[str, int]]) -> None:
    run = Layer.run

    # the compiled machine rounds otherwise than NumPy: here, so much that it is seen
    def rounding(self: Layer, inputs: Any, states: Any, fast: bool = False) -> Any:
        return run(self, {n: a * (1.5 if fast else 1) for n, a in inputs.items()}, states)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layer, "run", rounding)
        patch.setattr("rnnstep.blocks.first_compiled", lambda *_: 17)
        session = session_of()
        expected = h(session)
        for text, t in edits:
            session.edit(f"{text} {t}")
            assert h(session) == expected


@pytest.mark.parametrize(
    ("label", "edit"),
    [
        ("carry", "set rnn/h_t[1] = 0 always"),
        ("sum", "set output/y_t[0] = 0 always"),
        ("b", "set rnn/x_t[1] = 0 always"),
    ],
)
@pytest.mark.parametrize("at", ["Wx_x", "y_t"])
def test_a_unit_or_an_input_is_silenced_by_its_label(label: str, edit: str, at: str) -> None:
    session = open_session(sample("addition"))
    session.goto_value(at)
    assert str(session.ablate(label).edit) == edit


def test_a_label_that_there_is_not_changes_nothing() -> None:
    session = open_session(sample("addition"))
    with pytest.raises(InputError, match="no unit 'cary'; did you mean 'carry'"):
        session.ablate("cary")
    assert len(session.tree.forks) == 1
    with pytest.raises(InputError, match="no unit 'carry': units have no labels"):
        session_of().ablate("carry")


def test_an_expression_reads_the_weights_of_each_timestep() -> None:
    session = session_of()
    session.edit("set Wh_f[0, 1] = 7 from 9")
    session.add_break("Wh_f[0, 1] == 7 becomes true")
    session.goto(-1)
    stop = session.continue_forward()
    assert stop is not None
    assert stop.t == 9
    assert session.frame().ranges.of(0, "Wh_f") == 7


def test_what_a_number_came_from_is_asked_of_the_lines_that_ran() -> None:
    session = session_of()
    session.edit("set c_t[1] = 3 at 9")
    session.goto(12)
    memory = session.memory("c_t[1]")
    assert [part.t for part in memory.written] == [12, 11, 10]
    assert memory.end is End.EDITED
    assert memory.sum == pytest.approx(memory.value, rel=1e-6)
    session.goto(9)
    path = session.why("c_t[1]", count=4)
    names = {branch.cause.name for branch in path.branches}
    assert "c_t_set" in names
    memory = session.memory("c_t[1]")
    assert (memory.written[0].t, memory.written[0].wrote, memory.sum) == (9, 3, 3)
    # a gate that was scaled is read as it was
    session.switch(0)
    session.edit("scale f_t 0.5 from 3")
    session.goto(12)
    memory = session.memory("c_t[1]")
    assert memory.sum == pytest.approx(memory.value, rel=1e-5)


def test_a_tree_of_many_forks_remembers_the_values_of_two_runs() -> None:
    model = Model((build_layer("lstm", load_cell("LSTM"), _large()),))
    session = Session(Trace(model, inputs(600)))

    def read() -> int:
        session.trace.series("Wh_h_i")
        session.trace.series("c_t")
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    empty = tracemalloc.get_traced_memory()[0]
    one = read() - empty
    sizes = []
    for t in range(8):
        session.edit(f"scale h_prev 0.5 at {t}")
        sizes.append(read() - empty)
    tracemalloc.stop()
    assert max(sizes) < 3 * one


def _large() -> dict[str, npt.NDArray[np.float32]]:
    sizes = {"input": D, "hidden": 64}
    shapes = {w.name: [sizes[str(a)] for a in w.shape] for w in load_cell("LSTM").weights}
    return {name: np.full(shape, 0.01, np.float32) for name, shape in shapes.items()}


def test_many_edits_one_after_another() -> None:
    session = session_of()
    forks: list[Fork] = [session.edit(f"scale h_t 1.01 at {1 + k % 8}") for k in range(1001)]
    assert len(session.tree.forks) == 1002
    assert np.isfinite(session.trace.series("h_t")).all()
    assert forks[-1].line[-2] is forks[-2]
    with pytest.raises(InputError, match="'h_t' has been edited too often"):
        for _ in range(400):
            session.edit("scale h_t 1.01 at 3")

"""Invariances: they hold for every kind of model, and a fault in any of them is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from rnnstep import Batch, Cell, Layer, Model, Trace, build_layer
from rnnstep.cells import variants
from rnnstep.equations import Array
from rnnstep.feeding import Upstream
from rnnstep.joining import Part
from rnnstep.render.selftest import as_json, as_text
from rnnstep.selftest import Outcome, selftest
from rnnstep.sweep import Sweep
from tests.debugger.runs import D, H, lstm, stack
from tests.debugger.runtime import MODELS

T = 40
CHECKS = ("one by one", "chunks of 7", "going back", "jumping", "turned", "padding", "batch")
MACHINE = "compiled"


@pytest.fixture(autouse=True)
def _no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same wherever the tests run; the machine itself is beside the parity tests."""
    monkeypatch.setattr("rnnstep.selftest.machine.installed", lambda: False)


def pretend_machine(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None]) -> None:
    """A machine that is NumPy, and then something changes what it has made."""
    honest = Layer.run

    def run_on(self: Layer, inputs: Any, states: Any, fast: bool = False) -> Any:
        window = honest(self, inputs, states)
        made = {name: np.array(window[name]) for name in self.cell.values}
        if fast:
            change(made)
        return made if fast else window

    monkeypatch.setattr(Layer, "run", run_on)
    monkeypatch.setattr("rnnstep.selftest.machine.installed", lambda: True)
    monkeypatch.setattr("rnnstep.selftest.machine.load_machine", lambda _: object())


def sequence(model: Model, length: int = T) -> Array:
    random = np.random.default_rng(1)
    if not model.layers[0].cell.input.shape:
        return random.integers(0, 5, size=(length, 1)).astype(np.float32)
    return random.normal(size=(length, D)).astype(np.float32)


def run(model: Model, length: int = T) -> Trace:
    """A run from states that are not zero."""
    random = np.random.default_rng(2)
    states = {
        model.qualified(index, state.name): random.normal(size=layer.shape(state.name))
        for index, layer in enumerate(model.layers)
        for state in layer.cell.states
    }
    return Trace(model, sequence(model, length), states)


def failed(trace: Trace) -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in selftest(trace) if not outcome.passed}


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_model_passes(model: str) -> None:
    outcomes = list(selftest(run(MODELS[model]())))
    assert tuple(outcome.name for outcome in outcomes) == (*CHECKS, MACHINE)
    assert [o.name for o in outcomes if not o.passed] == []
    compared = {o.name for o in outcomes if o.comparison and o.comparison.values}
    absent = {"turned"} if model in ("dense", "any features") else set()
    assert compared == set(CHECKS) - absent
    for outcome in outcomes:
        if outcome.comparison and outcome.name not in ("padding", "batch"):
            assert outcome.comparison.worst == 0


def test_every_value_of_every_layer_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run(stack())
    pretend_machine(monkeypatch, lambda _: None)
    for outcome in selftest(trace):
        assert outcome.comparison is not None
        names = {(e.expected.layer, e.expected.name) for e in outcome.comparison.values}
        recurrent = set(trace.model.value_names.values())
        assert names == recurrent
        assert all(len(e.expected.times) == T for e in outcome.comparison.values)


def forgets_c(self: Layer, values: Any) -> dict[str, Array]:
    handed = {before: values[after] for before, after in self.cell.carried.items()}
    return {k: np.zeros_like(v) if k == "c_prev" else v for k, v in handed.items()}


def test_a_state_that_is_lost_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run(lstm())
    monkeypatch.setattr(Layer, "carry", forgets_c)
    found = failed(trace)
    assert {"one by one", "chunks of 7"} <= found.keys()
    comparison = found["one by one"].comparison
    assert comparison is not None
    assert comparison.first is not None
    # a block has four timesteps here
    assert (comparison.first.t, comparison.first.name) == (4, "c_prev")


def test_a_read_that_goes_back_and_gets_what_was_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = Sweep.values
    last: dict[int, int] = {}

    def stale(self: Sweep, t: int) -> Any:
        t = max(t, last.get(id(self), t))
        last[id(self)] = t
        return honest(self, t)

    monkeypatch.setattr(Sweep, "values", stale)
    found = failed(run(stack()))
    assert found.keys() == {"going back", "jumping"}
    comparison = found["going back"].comparison
    assert comparison is not None
    assert comparison.first is not None
    assert comparison.first.t == 0


@pytest.mark.parametrize("model", ["LSTM", "both ways"])
def test_a_layer_against_time_whose_values_are_turned_round(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    honest = Sweep.parts

    def turned(self: Sweep, layer: int, name: str, times: range) -> Iterator[Part]:
        for begin, part in honest(self, layer, name, times):
            turn = self._reverse
            yield len(times) - begin - len(part) if turn else begin, part[:: -1 if turn else 1]

    monkeypatch.setattr(Sweep, "parts", turned)
    assert "turned" in failed(run(MODELS[model]()))


def test_a_layer_against_time_that_reads_the_sequence_forwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = Upstream._sequence

    def forwards(self: Upstream, times: range) -> Array:
        return honest(self, times)[:: times.step]

    monkeypatch.setattr(Upstream, "_sequence", forwards)
    comparison = failed(run(MODELS["both ways"]()))["turned"].comparison
    assert comparison is not None
    assert comparison.first is not None
    assert (comparison.first.layer, comparison.first.name) == (1, "x_t")


def test_a_reverse_half_in_pieces_starts_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run(MODELS["both ways"]())
    honest = Sweep.carried_into
    assert honest(trace._run.sweeps[1], T - 1) is not None

    def forgets_h(self: Layer, values: Any) -> dict[str, Array]:
        handed = {before: values[after] for before, after in self.cell.carried.items()}
        return {k: v * (self.cell.name != "GRU") for k, v in handed.items()}

    monkeypatch.setattr(Layer, "carry", forgets_h)
    comparison = failed(trace)["one by one"].comparison
    assert comparison is not None
    wrong = {one.expected.layer: one.wrong.tolist() for one in comparison.values if len(one.wrong)}
    # the backward half: its second block, in its direction, ends before t = T - 4
    assert max(wrong[1]) == T - 5


def test_padding_that_changes_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = variants.masked

    def holds_h_alone(text: str) -> str:
        return honest(text).replace("c_t = where(m_t, c_new, c_prev)", "c_t = c_new + 0 * m_t")

    monkeypatch.setattr("rnnstep.cells.variants.masked", holds_h_alone)
    found = failed(run(lstm()))
    assert found.keys() == {"padding"}
    comparison = found["padding"].comparison
    assert comparison is not None
    assert comparison.first is not None
    assert (comparison.first.t, comparison.first.name) == (0, "c_prev")


def test_a_batch_whose_samples_are_mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Batch.series

    def another(self: Batch, name: str, start: int = 0, stop: int | None = None) -> Array:
        return np.roll(honest(self, name, start, stop), 1, axis=0)

    monkeypatch.setattr(Batch, "series", another)
    assert failed(run(lstm())).keys() == {"batch"}


@pytest.mark.parametrize("model", MODELS)
def test_the_machine_gives_the_same_for_every_kind_of_model(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    pretend_machine(monkeypatch, lambda _: None)
    outcome = list(selftest(run(MODELS[model](), 150)))[-1]
    assert outcome.name == MACHINE
    if model in ("dense", "any features"):
        assert outcome.told == "no layer carries a state"
        return
    assert outcome.told == "150 timesteps, 64 at a time"
    assert outcome.comparison is not None
    assert outcome.comparison.worst == 0


def test_a_machine_that_goes_wrong_far_into_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(made: dict[str, Array]) -> None:
        made["Wh_h_f"][3000, 2] += 0.01
        made["h_t"][3001:, 1] += 0.01

    pretend_machine(monkeypatch, wrong)
    found = failed(run(lstm(), 4000))
    assert found.keys() == {MACHINE}
    comparison = found[MACHINE].comparison
    assert comparison is not None
    assert len(comparison.trace) == 4000
    first = comparison.first
    assert first is not None
    assert (first.t, first.name, first.unit) == (3000, "Wh_h_f", 2)


def test_a_machine_that_turns_a_layer_against_time_round(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(made: dict[str, Array]) -> None:
        for name, array in made.items():
            made[name] = array[::-1]

    pretend_machine(monkeypatch, wrong)
    assert MACHINE in failed(run(MODELS["both ways"](), 100))


def test_without_a_machine_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = list(selftest(run(lstm())))[-1]
    assert outcome.comparison is None
    assert outcome.passed
    assert outcome.told == "numba is not installed: pip install 'rnnstep[fast]'"
    monkeypatch.setattr("rnnstep.selftest.machine.installed", lambda: True)
    monkeypatch.setattr("rnnstep.selftest.machine.load_machine", lambda _: None)
    assert list(selftest(run(lstm())))[-1].told == "float32 is not compiled: NumPy runs it all"


def test_numpy_runs_what_is_not_to_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnstep.blocks.first_compiled", lambda *_: 0)
    trace = run(lstm())
    assert trace.compiled
    trace.stay_on_numpy()
    assert not trace.compiled


LISTING = """
input x_t: input
state h_prev: hidden
weight W: hidden, input
h_t = tanh(W @ x_t + h_prev)
"""


def refused(change: Callable[[Model], Model]) -> str:
    outcome = next(o for o in selftest(run(change(lstm()))) if o.name == "padding")
    assert outcome.comparison is None
    assert outcome.passed
    return outcome.told


def test_what_cannot_be_padded_is_said() -> None:
    named = Cell.from_text(LISTING, "Mine", "mine.txt")
    weights = {"W": np.ones((H, D), np.float32)}
    told = refused(lambda _: Model((build_layer("mine", named, weights),)))
    assert told == "a layer with states is of no built-in cell: it takes no mask"
    table = MODELS["embedding"]()
    every = Trace(table, np.arange(6, dtype=np.float32).repeat(3)[:, np.newaxis])
    outcome = next(o for o in selftest(every) if o.name == "padding")
    assert outcome.told.startswith("every row of the table is in use")


def test_a_long_run_is_looked_at_from_its_start() -> None:
    outcomes = list(selftest(run(lstm(), 1500)))
    assert [len(o.comparison.trace) for o in outcomes if o.comparison] == [1024] * 5 + [64] * 2
    assert all(outcome.passed for outcome in outcomes)
    assert next(iter(as_text(outcomes, 1500))) == "the first 1024 of 1500 timesteps"


def test_nan_is_the_same_as_nan() -> None:
    xs = sequence(lstm())
    xs[5, 1] = np.nan
    assert failed(Trace(lstm(), xs)) == {}


def test_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run(lstm())
    good = list(selftest(trace))
    assert list(as_text(good, T))[-1] == "PASS: 7 checks"
    assert json.loads(as_json(good))["passed"] is True
    monkeypatch.setattr(Layer, "carry", forgets_c)
    bad = list(selftest(run(lstm())))
    lines = list(as_text(bad, T))
    assert lines[0].startswith(
        "FAIL  one by one    the model in pieces, states carried by name: t = 4:"
    )
    assert lines[-1].startswith("FAIL: ")
    data = json.loads(as_json(bad))
    assert data["passed"] is False
    assert data["checks"][0]["first_difference"]["value"] == "c_prev"

"""``rnnstep.debug`` on live modules of PyTorch and layers of Keras, beside what they give."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from html.parser import HTMLParser
from itertools import product
from typing import Any

import numpy as np
import pytest

import rnnstep
from rnnstep.errors import InputError
from rnnstep.live import open_live
from tests.parity.torch_models import KINDS, Case, D, H, T, compare, near, random, run

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore")


def close(found: Any, expected: Any) -> None:
    """For values of size 1: a few roundings of float32 at each of some ten timesteps."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=2e-6)


@pytest.mark.parametrize(
    "case",
    [Case(*s) for s in product(KINDS, (1, 3), (False, True), (True, False), ("float64",))],
    ids=lambda case: case.id,
)
def test_a_module_with_states_as_pytorch_takes_them(case: Case) -> None:
    ran = run(case)
    state = ran.states if len(ran.states) > 1 else ran.states[0]
    session = open_live(ran.module, ran.xs, state)
    compare(case, ran, session.trace.model)
    output = session.trace.frame(T - 1).output
    near(case, output, ran.output[-1])


@pytest.mark.parametrize("batch_first", [False, True])
def test_a_batch_has_the_axes_that_the_module_takes(batch_first: bool) -> None:
    module = torch.nn.LSTM(D, H, bidirectional=True, batch_first=batch_first)
    batch = torch.randn(4, T, D) if batch_first else torch.randn(T, 4, D)
    states = (torch.randn(2, 4, H), torch.randn(2, 4, H))
    with torch.no_grad():
        output = module(batch, states)[0]
    expected = output[2] if batch_first else output[:, 2]
    session = open_live(module, batch, states, sample=2)
    close(session.trace.series("lstm/y_t"), expected)
    assert any("sample 2 of 4" in str(note) for note in session.notes)


@pytest.mark.parametrize("kind", ["RNNCell", "GRUCell", "LSTMCell"])
def test_a_cell_of_pytorch(kind: str) -> None:
    cell = getattr(torch.nn, kind)(D, H, **({"nonlinearity": "relu"} if kind == "RNNCell" else {}))
    xs, state, outputs = torch.randn(T, D), None, []
    with torch.no_grad():
        for x in xs:
            state = cell(x, state)
            outputs.append((state[0] if kind == "LSTMCell" else state).numpy())
    found = open_live(cell, xs).trace.series("h_t")
    close(found, np.stack(outputs))


class Tagger(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Numbers in, a head out."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(9, D)
        self.drop = torch.nn.Dropout(0.5)
        self.rnn = torch.nn.GRU(D, H, 2, bidirectional=True, batch_first=True, dropout=0.3)
        self.norm = torch.nn.LayerNorm(2 * H, eps=0.01)
        self.head = torch.nn.Linear(2 * H, 4)

    def forward(self, numbers: Any) -> Any:
        return self.head(self.norm(self.rnn(self.drop(self.embed(numbers)))[0]))


def test_a_whole_module_with_its_embedding_and_its_head() -> None:
    torch.manual_seed(1)
    module = Tagger().eval()
    torch.nn.init.normal_(module.norm.weight)
    numbers = torch.tensor([[1, 8, 0, 3], [5, 5, 2, 7]])
    with torch.no_grad():
        expected = module(numbers)[1]
    session = open_live(module, numbers, sample=1)
    close(session.trace.series("head/y_t"), expected)
    assert session.notes
    said = "\n".join(map(str, session.notes))
    assert "drop: Dropout changes nothing in evaluation" in said
    assert "dropout 0.3 between its layers is not applied" in said
    assert "what forward() does between them is not seen" in said
    assert "not said by the file" not in said


def test_a_sequential_with_a_function_between() -> None:
    class First(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, made: Any) -> Any:
            return made[0]

    parts = [torch.nn.Linear(D, 4), torch.nn.Tanh(), torch.nn.LSTM(4, H), First()]
    module = torch.nn.Sequential(*parts, torch.nn.Linear(H, 2))
    xs = torch.randn(T, D)
    with torch.no_grad():
        expected = module(xs)
    session = open_live(module, xs)
    close(session.trace.frame(T - 1).output, expected[-1])


def test_parametrized_and_small_weights_are_those_that_the_module_uses() -> None:
    module = torch.nn.GRU(D, H)
    torch.nn.utils.parametrizations.orthogonal(module, "weight_hh_l0")
    xs = torch.randn(T, D)
    with torch.no_grad():
        expected = module(xs)[0]
    close(open_live(module, xs).trace.series("h_t"), expected)
    small = torch.nn.LSTM(D, H).to(torch.bfloat16)
    weights = open_live(small, xs.to(torch.bfloat16)).trace.model.layers[0].weights
    np.testing.assert_array_equal(weights["Wx_f"], small.weight_ih_l0[H : 2 * H].float().detach())


def test_training_on_does_not_change_the_session() -> None:
    module = torch.nn.GRU(D, H)
    session = open_live(module, torch.ones(T, D))
    before = session.trace.series("h_t").copy()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(session.trace.series("h_t"), before)


def keras_layer(kind: str, **settings: Any) -> Any:
    layer = getattr(keras.layers, kind)(H, return_sequences=True, **settings)
    layer.build((None, T, D))
    weights = [random(*w.shape, dtype="float32", seed=n) for n, w in enumerate(layer.weights)]
    layer.set_weights(weights)
    return layer


KERAS: dict[str, dict[str, Any]] = {
    "SimpleRNN": {"activation": "relu", "recurrent_initializer": "zeros"},
    "GRU": {},
    "LSTM": {"recurrent_activation": "hard_sigmoid"},
}


@pytest.mark.parametrize("kind", KERAS)
def test_a_layer_of_keras_with_its_states(kind: str) -> None:
    layer = keras_layer(kind, **KERAS[kind])
    xs = random(2, T, D, dtype="float32", seed=1)
    states = [random(2, H, dtype="float32", seed=n) for n in range(1 + (kind == "LSTM"))]
    made = layer(xs, initial_state=[keras.ops.convert_to_tensor(s) for s in states])
    session = open_live(layer, keras.ops.convert_to_tensor(xs), states, sample=1)
    expected = keras.ops.convert_to_numpy(made)[1]
    scale = max(float(np.abs(expected).max()), 1)
    close(session.trace.series("h_t") / scale, expected / scale)


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_a_bidirectional_layer_of_keras(merge: str) -> None:
    half = keras.layers.LSTM(H, return_sequences=True)
    layer = keras.layers.Bidirectional(half, merge_mode=merge)
    layer.build((None, T, D))
    xs = random(T, D, dtype="float32", seed=1)
    expected = keras.ops.convert_to_numpy(layer(xs[None]))[0]
    session = open_live(layer, xs)
    name = session.trace.model.layers[-1].name
    close(session.trace.series(f"{name}/y_t"), expected)


def keras_model(functional: bool) -> Any:
    layers = [
        keras.layers.Embedding(9, D),
        keras.layers.GRU(H, return_sequences=True),
        keras.layers.Dropout(0.5),
        keras.layers.LSTM(4, return_sequences=True),
        keras.layers.Dense(2, activation="softmax"),
    ]
    if not functional:
        return keras.Sequential([keras.Input((None,)), *layers])
    first = made = keras.Input((None,))
    for layer in layers:
        made = layer(made)
    return keras.Model(first, made)


@pytest.mark.parametrize("functional", [False, True], ids=["sequential", "functional"])
def test_a_whole_model_of_keras(functional: bool) -> None:
    model = keras_model(functional)
    numbers = np.array([[1, 8, 0, 3], [5, 5, 2, 7]])
    expected = keras.ops.convert_to_numpy(model(numbers))[1]
    session = open_live(model, numbers, sample=1)
    found = np.stack([step.output for step in session.trace.frames()])
    close(found, expected)


def test_a_model_of_a_class_of_its_own_runs_its_layers_in_turn() -> None:
    class Own(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.rnn = keras.layers.GRU(H, return_sequences=True)
            self.head = keras.layers.Dense(2)

        def call(self, xs: Any) -> Any:
            return self.head(self.rnn(xs))

    model = Own()
    xs = random(1, T, D, dtype="float32", seed=1)
    expected = keras.ops.convert_to_numpy(model(xs))[0]
    session = open_live(model, xs)
    found = np.stack([step.output for step in session.trace.frames()])
    close(found, expected)


REFUSED: dict[str, tuple[Any, ...]] = {
    "neither a torch.nn.Module nor a Keras layer": (lambda: (3, np.ones((T, D))),),
    "has no recurrent layer": (lambda: (torch.nn.Linear(D, H), np.ones((T, D))),),
    "but layer 'gru' takes 3": (lambda: (torch.nn.GRU(D, H), np.ones((T, 7))),),
    "xs: holds <U1": (lambda: (torch.nn.GRU(D, H), np.array(["a"])),),
    "2 states given, the model has 1: h_prev": (
        lambda: (torch.nn.GRU(D, H), np.ones((T, D)), (np.ones((1, H)), np.ones((1, H)))),
    ),
    "state 'h_prev' has shape (4,)": (
        lambda: (torch.nn.GRU(D, H), np.ones((T, D)), {"h_prev": np.ones(4)}),
    ),
    "has no weights yet": (lambda: (keras.layers.GRU(H), np.ones((T, D))),),
}


@pytest.mark.parametrize("told", REFUSED)
def test_what_does_not_fit_is_said_in_one_line(told: str) -> None:
    with pytest.raises(InputError) as refused:
        open_live(*REFUSED[told][0]())
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_debug_prints_text_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    session = rnnstep.debug(torch.nn.GRU(D, H), np.ones((T, D)))
    said = capsys.readouterr().out
    assert type(session) is rnnstep.Session
    assert said.startswith("rnnstep  xs (11, 3) · GRU 3→5 tanh sigmoid · GRU\n")
    assert "hₜ = (1 − zₜ) × nₜ + zₜ × hₜ₋₁" in said
    assert said.endswith("… 1 more timesteps: session.trace.frame(10)\n")


def test_debug_opens_the_screen_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[rnnstep.Session] = []
    monkeypatch.setattr("rnnstep.tui.run", opened.append)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    session = rnnstep.debug(torch.nn.GRU(D, H), np.ones((T, D)))
    assert opened == [session]


class Page(HTMLParser):
    """The tags that are open, and whether any comes from what was put in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.loads += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "get_ipython", object, raising=False)


@pytest.mark.usefixtures("notebook")
def test_a_notebook_shows_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    module = torch.nn.ModuleDict({'<script>alert("x")</script>&': torch.nn.LSTM(D, H, 2)})
    xs = np.random.default_rng(0).normal(size=(300, D))
    xs[1] = np.nan
    session: Any = rnnstep.debug(module, xs)
    assert rnnstep.Session in type(session).__mro__
    assert capsys.readouterr().out == ""
    html = session._repr_html_()
    page = Page()
    page.feed(html)
    assert page.open == []
    assert page.loads == []
    assert "script" not in page.tags
    assert "&lt;script&gt;" in html
    assert "t 0 / 299" in html
    assert "t 299 / 299" in html
    assert "NaN" in html
    assert "iₜ" in html
    assert len(html) < 2_000_000
    assert repr(session).startswith("rnnstep  xs (300, 3)")


def test_neither_library_is_imported_for_debug() -> None:
    code = (
        "import sys, numpy, rnnstep\n"
        "try: rnnstep.debug(3, numpy.ones((4, 3)))\n"
        "except rnnstep.InputError as error: print(error)\n"
        "print(sorted({'torch', 'keras', 'h5py', 'textual'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("builtins.int is neither a torch.nn.Module")
    assert done.stdout.endswith("\n[]\n")

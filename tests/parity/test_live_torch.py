"""Live modules of PyTorch beside what they give."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from rnnstep.live import open_live
from tests.parity.torch_models import KINDS, Case, D, H, T, close, compare, near, run

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")


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


def test_a_layer_chooses_the_half_that_is_run_with_its_head() -> None:
    class Seq2Seq(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = torch.nn.LSTM(D, H), torch.nn.LSTM(D, H)
            self.head = torch.nn.Linear(H, 2)

    module, xs = Seq2Seq(), torch.randn(T, D)
    model = open_live(module, xs, layer="decoder").trace.model
    assert [layer.name for layer in model.layers] == ["decoder", "head"]
    output = module.head(module.decoder(xs)[0])[-1].detach().numpy()
    frame = open_live(module, xs, layer="decoder").trace.frame(T - 1)
    np.testing.assert_allclose(frame.output, output, rtol=0, atol=1e-6)

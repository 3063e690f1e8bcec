"""Every value of RNN, GRU and LSTM nodes read from ONNX files beside ONNX Runtime.

D ≠ H, T > 1, biases and initial states that are not zero, both directions in real time.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.by_onnx import Case, check_case, model_of, run

OPS = ("RNN", "GRU", "LSTM")
DIRECTIONS = ("forward", "reverse", "bidirectional")
pytestmark = pytest.mark.filterwarnings("ignore")


def functions(op: str, *names: str, ways: int, gate: str = "Sigmoid") -> list[str]:
    """Activations of a node, those of the two directions different.

    The gates' is bounded, for a gate above 1 makes states that grow with every step.
    """
    if op == "RNN":
        return [names[way % len(names)] for way in range(ways)]
    gates = (gate, "HardSigmoid" if gate == "Sigmoid" else gate)
    found: list[str] = []
    for way in range(ways):
        turned = names[way % len(names) :] + names[: way % len(names)]
        found += [gates[way], *(turned * 2)[: {"GRU": 1, "LSTM": 2}[op]]]
    return found


@pytest.mark.parametrize(
    ("op", "direction", "bias", "states"), product(OPS, DIRECTIONS, (True, False), (True, False))
)
def test_directions(tmp_path: Path, op: str, direction: str, bias: bool, states: bool) -> None:
    check_case(Case(op, direction, bias=bias, states=states), tmp_path)


@pytest.mark.parametrize(("op", "direction", "opset"), product(OPS, DIRECTIONS, (7, 14, 22)))
def test_opsets(tmp_path: Path, op: str, direction: str, opset: int) -> None:
    check_case(Case(op, direction, opset=opset), tmp_path)


@pytest.mark.parametrize(("direction", "bias", "after"), product(DIRECTIONS, (True, False), (0, 1)))
def test_where_a_gru_resets(tmp_path: Path, direction: str, bias: bool, after: int) -> None:
    attributes = {"linear_before_reset": after}
    check_case(Case("GRU", direction, bias=bias, attributes=attributes), tmp_path)


@pytest.mark.parametrize(
    ("direction", "bias", "forget"), product(DIRECTIONS, (True, False), (0, 1))
)
@pytest.mark.parametrize("peepholes", [True, False])
def test_peepholes_and_coupled_gates(
    tmp_path: Path, direction: str, bias: bool, forget: int, peepholes: bool
) -> None:
    attributes = {"input_forget": forget} if forget else {}
    case = Case("LSTM", direction, bias=bias, peepholes=peepholes, attributes=attributes)
    check_case(case, tmp_path)


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
@pytest.mark.parametrize("limit", [0.05, 0.4, 3.0])
def test_clip(tmp_path: Path, op: str, direction: str, limit: float) -> None:
    peepholes = op == "LSTM" and limit == 0.4
    check_case(Case(op, direction, peepholes=peepholes, attributes={"clip": limit}), tmp_path)


PLAIN = ("Relu", "Tanh", "Sigmoid", "Softsign", "Softplus", "HardSigmoid", "Elu", "LeakyRelu")


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
@pytest.mark.parametrize("name", PLAIN)
def test_activations_with_their_defaults(
    tmp_path: Path, op: str, direction: str, name: str
) -> None:
    ways = 2 if direction == "bidirectional" else 1
    said: dict[str, Any] = {"activations": functions(op, name, "Tanh", ways=ways)}
    check_case(Case(op, direction, attributes=said), tmp_path)
    said = {"activations": functions(op, name, ways=ways, gate=name), "clip": 0.3}
    check_case(Case(op, direction, attributes=said), tmp_path, steps=4)


PARAMETERS: dict[str, tuple[list[float], list[float]]] = {
    "HardSigmoid": ([0.3, 1 / 6, 0.2], [0.4, 0.5, 0.5]),
    "Affine": ([0.6, 0.5, 0.4], [0.1, -0.2, 0.3]),
    "ScaledTanh": ([0.7, 0.6, 0.5], [0.9, 1.1, 1.2]),
    "LeakyRelu": ([0.1, 0.2, 0.3], []),
    "ThresholdedRelu": ([0.1, 0.2, 0.3], []),
    "Elu": ([0.5, 1.0, 1.5], []),
}


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
@pytest.mark.parametrize("name", PARAMETERS)
def test_activations_with_parameters(tmp_path: Path, op: str, direction: str, name: str) -> None:
    ways = 2 if direction == "bidirectional" else 1
    alphas, betas = PARAMETERS[name]
    said = {
        "activations": functions(op, name, ways=ways, gate=name),
        "activation_alpha": alphas * 2,
        "activation_beta": betas * 2,
        "clip": 0.8,
    }
    case = Case(op, direction, attributes={k: v for k, v in said.items() if v})
    check_case(case, tmp_path, steps=4)


def test_parameters_go_to_the_functions_that_take_one(tmp_path: Path) -> None:
    said = {
        "activations": ["HardSigmoid", "Tanh", "LeakyRelu"],
        "activation_alpha": [0.25, 0.3],
        "activation_beta": [0.45],
    }
    check_case(Case("LSTM", attributes=said), tmp_path)


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
@pytest.mark.parametrize("length", [1, 4, 7])
def test_a_constant_length(tmp_path: Path, op: str, direction: str, length: int) -> None:
    check_case(Case(op, direction, length=length), tmp_path)


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
def test_half_precision(tmp_path: Path, op: str, direction: str) -> None:
    check_case(Case(op, direction, dtype="float16"), tmp_path)


@pytest.mark.parametrize(("op", "direction"), product(OPS, DIRECTIONS))
def test_double_precision(tmp_path: Path, op: str, direction: str) -> None:
    """The runtime has no kernel for it: its float32 of the same numbers, and in more digits."""
    case = Case(op, direction, dtype="float64")
    with pytest.raises(Exception, match=r"not support|NOT_IMPLEMENTED"):
        run(model_of(case), X=np.zeros((7, 1, 3)))
    check_case(case, tmp_path)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_combination(tmp_path: Path, data: st.DataObject) -> None:
    op = data.draw(st.sampled_from(OPS))
    direction = data.draw(st.sampled_from(DIRECTIONS))
    ways = 2 if direction == "bidirectional" else 1
    attributes: dict[str, Any] = {}
    if data.draw(st.booleans()):
        names = data.draw(st.lists(st.sampled_from(PLAIN), min_size=3, max_size=3))
        attributes["activations"] = functions(op, *names, ways=ways)
    if data.draw(st.booleans()):
        attributes["clip"] = data.draw(st.sampled_from([0.1, 0.7, 2.5]))
    if op == "GRU":
        attributes["linear_before_reset"] = data.draw(st.sampled_from([0, 1]))
    if op == "LSTM" and data.draw(st.booleans()):
        attributes["input_forget"] = 1
    case = Case(
        op,
        direction,
        bias=data.draw(st.booleans()),
        states=data.draw(st.booleans()),
        peepholes=op == "LSTM" and data.draw(st.booleans()),
        opset=data.draw(st.sampled_from([7, 14, 22])),
        length=data.draw(st.sampled_from([None, 2, 5])),
        features=data.draw(st.integers(1, 6)),
        hidden=data.draw(st.integers(1, 9)),
        attributes=attributes,
    )
    check_case(case, tmp_path, steps=5)


@pytest.mark.parametrize(("op", "direction", "length"), product(OPS, DIRECTIONS, (None, 4)))
def test_the_batch_first(tmp_path: Path, op: str, direction: str, length: int | None) -> None:
    """The runtime refuses layout 1: what it gives for the same numbers with layout 0."""
    case = Case(op, direction, layout=1, length=length)
    with pytest.raises(Exception, match="layout"):
        run(model_of(case), X=np.zeros((1, 7, 3), np.float32))
    check_case(case, tmp_path)

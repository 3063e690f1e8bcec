"""What is said of ONNX graphs: what was dropped, starting states, names; and what is not said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from rnnstep import Model, Trace, load_model
from tests.model.small_onnx import NODE, D, H, info, model_of, numbers, refused, saved, weights


def warnings(model: Model) -> str:
    return "\n".join(note.text for note in model.notes if note.warning)


def texts(model: Model) -> str:
    return "\n".join(note.text for note in model.notes)


def reading(first: list[Any], read: str, state: str = "", name: str = "gru") -> list[Any]:
    """Nodes, and a GRU that reads what they give."""
    inputs = [read, "W", "R", "B", "", state] if state else [read, "W", "R", "B"]
    return [*first, NODE("GRU", inputs, ["y"], name=name, hidden_size=H, linear_before_reset=1)]


def test_one_number_for_all_features(tmp_path: Path) -> None:
    first = [NODE("Sub", ["X", "m"], ["c"]), NODE("Div", ["c", "s"], ["d"], name="halves")]
    given = weights("GRU") | {"m": np.float32(0.3), "s": np.float32(2)}
    model = load_model(saved(model_of(reading(first, "d"), given), tmp_path))
    assert [x.cell.name for x in model.layers] == ["Scale", "Scale", "GRU"]
    xs = numbers(6, D)
    found = Trace(model, xs).series("halves/y_t")
    np.testing.assert_allclose(found, (xs - np.float32(0.3)) / 2, rtol=0, atol=1e-6)


def test_layers_that_the_node_cannot_read_are_named(tmp_path: Path) -> None:
    """How many features one number is subtracted from is not said, so that it cannot be run."""
    first = [NODE("Sub", ["X", "m"], ["c"], name="centre")]
    made = model_of(reading(first, "c"), weights("GRU") | {"m": np.float32(0.3)})
    made.graph.input[0].CopyFrom(info("X", None, 1, None))
    model = load_model(saved(made, tmp_path))
    assert [x.cell.name for x in model.layers] == ["GRU"]
    assert "the sequence is read by 'gru'; not run: Scale 'centre'" in warnings(model)


def sized(source: str) -> list[Any]:
    """Zeros of a shape that is read off a value, as PyTorch's exporter writes them."""
    return [
        NODE("Shape", [source], ["shape"]),
        NODE("Gather", ["shape", "at"], ["n"]),
        NODE("Concat", ["front", "n", "back"], ["sizes"], axis=0),
        NODE("ConstantOfShape", ["sizes"], ["h0"], value=ZERO),
    ]


ZERO = numpy_helper.from_array(np.zeros(1, np.float32))
SIZES = {"at": np.array([1]), "front": np.array([1]), "back": np.array([H])}


def test_zeros_after_a_dropped_convolution_are_zeros(tmp_path: Path) -> None:
    first = [NODE("Conv", ["X", "k"], ["c"], name="conv", pads=[1, 1]), *sized("c")]
    given = weights("GRU") | SIZES | {"k": numbers(1, 1, 3)}
    model = load_model(saved(model_of(reading(first, "c", "h0"), given), tmp_path))
    assert "Conv 'conv'" in warnings(model)
    assert "h_prev" not in texts(model)


def test_an_initial_state_of_the_file_that_is_expanded(tmp_path: Path) -> None:
    """PyTorch's ``h0.expand(-1, batch, -1)``: -1 keeps an axis, by Equal and Where."""
    first = [
        NODE("ConstantOfShape", ["three"], ["ones"], value=numpy_helper.from_array(np.array([1]))),
        NODE("Mul", ["ones", "minus"], ["keep"]),
        NODE("Equal", ["said", "keep"], ["same"]),
        NODE("Where", ["same", "ones", "said"], ["sizes"]),
        NODE("Expand", ["learned", "sizes"], ["h0"]),
    ]
    given = weights("GRU") | {
        "three": np.array([3]), "minus": np.array(-1), "said": np.array([-1, 1, -1]),
        "learned": numbers(1, 1, H),
    }  # fmt: skip
    model = load_model(saved(model_of(reading(first, "X", "h0"), given), tmp_path))
    np.testing.assert_array_equal(model.layers[0].initial["h_prev"], given["learned"].ravel())
    assert "not used" not in texts(model)


def test_a_sequence_that_is_turned_round_is_said(tmp_path: Path) -> None:
    first = [NODE("Slice", ["X", "last", "far", "zero", "last"], ["r"])]
    given = weights("GRU") | {
        "last": np.array([-1]), "far": np.array([-(2**63) + 1]), "zero": np.array([0]),
    }  # fmt: skip
    model = load_model(saved(model_of(reading(first, "r"), given), tmp_path))
    assert model.layers[0].reverse
    assert "the graph turns the sequence round" in texts(model)


LONG = "the_model_of_somebody/with_a_very_long_scope_name_indeed/and/another"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{LONG}/{'x' * 30}/lstm/GRU", "with_a_very_long"),
        ("a" * 80 + "/lstm", "lstm"),
        ("/encoder/lstm/GRU_1", "encoder/lstm_1"),
    ],
)
def test_long_names_lose_whole_parts(tmp_path: Path, name: str, expected: str) -> None:
    path = saved(model_of(reading([], "X", name=name), weights("GRU")), tmp_path)
    found = load_model(path).layers[0].name
    assert len(found) <= 60
    whole = name.strip("/").replace("/GRU", "").split("/")
    if expected != "with_a_very_long":
        assert found == expected
    else:
        assert found.split("/") == whole[-len(found.split("/")) :]


def test_a_quantized_lstm_is_named(tmp_path: Path) -> None:
    nodes = [
        NODE("DynamicQuantizeLSTM", ["X"], ["y"], name="lstm_quant", domain="com.microsoft"),
        *[NODE(op, ["X"], [op]) for op in ("Abs", "Neg", "Exp", "Log", "Sin", "Cos", "Tan")],
    ]
    model = model_of(nodes, {})
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    told = refused(saved(model, tmp_path))
    assert "DynamicQuantizeLSTM 'lstm_quant'" in told and "before quantizing" in told

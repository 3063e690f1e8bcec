"""ONNX files that are wrong, damaged or unusual: one line, or what was not read is said."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from rnnstep import InputError, load_model
from tests.model.small_onnx import (
    NODE,
    H,
    info,
    lstm,
    model_of,
    refused,
    rich,
    saved,
    small,
    weights,
)


def deep(levels: int) -> Any:
    graph = helper.make_graph([lstm()], "g0", [], [info("y")])
    for level in range(levels):
        node = NODE("If", ["yes"], [f"o{level}"], then_branch=graph, else_branch=graph)
        graph = helper.make_graph([node], f"g{level + 1}", [], [info(f"o{level}")])
        if level > 12:
            break
    return model_of(list(graph.node), weights() | {"yes": np.array(True)}, (graph.output[0].name,))


def test_graphs_within_graphs(tmp_path: Path) -> None:
    loaded = load_model(saved(deep(3), tmp_path))
    assert [layer.name for layer in loaded.layers] == ["lstm"]
    assert any("then_branch" in note.text for note in loaded.notes)


def test_nesting_without_end(tmp_path: Path) -> None:
    """Three hundred levels, written byte by byte: protobuf's own writer refuses them, too."""

    def field(number: int, data: bytes) -> bytes:
        size, length = len(data), b""
        while True:
            size, low = size >> 7, size & 127
            length += bytes([low | (128 if size else 0)])
            if not size:
                return bytes([number << 3 | 2]) + length + data

    graph = field(1, field(4, b"If") + field(2, b"o"))
    for _ in range(300):
        attribute = field(1, b"then_branch") + field(6, graph) + bytes([20 << 3 & 255, 1 + 0, 5])
        graph = field(1, field(4, b"If") + field(5, attribute))
    path = tmp_path / "m.onnx"
    path.write_bytes(field(7, graph))
    assert "not an ONNX file, or damaged" in refused(path)


def test_nodes_that_wait_for_one_another(tmp_path: Path) -> None:
    nodes = [NODE("Identity", ["b"], ["a"]), NODE("Identity", ["a"], ["b"]), lstm()]
    assert "wait for one another" in refused(saved(model_of(nodes, weights()), tmp_path))
    itself = [NODE("Identity", ["a"], ["a"]), lstm()]
    assert "wait for one another" in refused(saved(model_of(itself, weights()), tmp_path))


def test_names_that_are_there_twice(tmp_path: Path) -> None:
    twice = model_of([lstm(), lstm()], weights())
    assert "two nodes give 'y'" in refused(saved(twice, tmp_path))
    model = small()
    model.graph.initializer.append(model.graph.initializer[0])
    assert "two tensors are called 'W'" in refused(saved(model, tmp_path))


def test_a_name_that_writes_to_the_terminal(tmp_path: Path) -> None:
    model = small()
    model.graph.node[0].name = "a\n\x1b[31m"
    model.graph.initializer[0].name = "a\n\x1b[31m"
    refused(saved(model, tmp_path))


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"hidden_size": 7}, "hidden_size is 7"),
        ({"direction": "sideways"}, "unknown direction 'sideways'"),
        ({"direction": "bidirectional"}, "its W has shape"),
        ({"direction": 3}, "of another type"),
        ({"activations": ["Tanh"]}, "1 activations, it needs 3"),
        ({"activations": ["Tanh", "Swish", "Tanh"]}, "unknown activation 'swish'"),
        ({"activations": ["Affine", "Tanh", "Tanh"]}, "needs an alpha and a beta"),
        ({"activations": ["Elu"] * 3, "activation_alpha": [float("nan")] * 3}, "not finite"),
        ({"clip": -1.0}, "its clip is -1.0"),
        ({"clip": float("nan")}, "its clip is nan"),
    ],
)
def test_attributes_that_do_not_fit(tmp_path: Path, attributes: dict[str, Any], told: str) -> None:
    assert told in refused(saved(model_of([lstm(**attributes)], weights()), tmp_path))


def test_weights_that_are_not_in_the_file(tmp_path: Path) -> None:
    given = {k: v for k, v in weights().items() if k != "R"}
    model = model_of([lstm()], given)
    model.graph.input.append(info("R", 1, 4 * H, H))
    assert "its R (recurrent weights) is no constant" in refused(saved(model, tmp_path))


def test_a_file_without_recurrent_nodes(tmp_path: Path) -> None:
    model = model_of([NODE("Relu", ["X"], ["y"])], {})
    assert "no RNN, GRU or LSTM node; it has Relu" in refused(saved(model, tmp_path))


def test_states_and_lengths_from_outside_are_said(tmp_path: Path) -> None:
    node = NODE("LSTM", ["X", "W", "R", "B", "lens", "h"], ["y"], name="lstm", hidden_size=H)
    model = model_of([node], weights())
    model.graph.input.extend([info("h", 1, 1, H), info("lens", 1)])
    said = [note.text for note in load_model(saved(model, tmp_path)).notes if note.warning]
    assert any("h_prev is an input of the graph, 'h'" in text for text in said)
    assert any("sequence_lens is given from outside" in text for text in said)


def test_a_loop_is_said_to_be_read_once_or_not_at_all(tmp_path: Path) -> None:
    for inner, told in ((lstm(), "as if that ran once"), (NODE("Tanh", ["X"], ["y"]), "by hand")):
        body = helper.make_graph([inner], "body", [info("i"), info("go")], [info("go"), info("y")])
        nodes = [NODE("Loop", ["n", "yes"], ["ys"], name="loop", body=body)]
        if told == "by hand":
            outer = NODE("LSTM", ["X", "W", "R", "B"], ["z"], hidden_size=H)
            nodes.append(outer)
        given = weights() | {"n": np.array(3), "yes": np.array(True)}
        loaded = load_model(saved(model_of(nodes, given, ("ys",)), tmp_path))
        assert any("Loop 'loop'" in n.text and told in n.text for n in loaded.notes)


@pytest.mark.parametrize("make", [small, rich])
def test_damaged_bytes_are_refused_or_read(tmp_path: Path, make: Callable[[], Any]) -> None:
    whole, chosen = make().SerializeToString(), random.Random(1)
    assert load_model(saved(make(), tmp_path)).layers
    path, refusals = tmp_path / "m.onnx", 0
    for turn in range(750):
        damaged = bytearray(whole)
        # half of them near the names and numbers of the graph, before the weights
        reach = len(damaged) if turn % 2 else min(600, len(damaged))
        for _ in range(chosen.randint(1, 6)):
            damaged[chosen.randrange(reach)] = chosen.randrange(256)
        path.write_bytes(damaged[: chosen.choice([None, None, chosen.randrange(1, len(damaged))])])
        try:
            load_model(path)
        except InputError as error:
            refusals += 1
            assert "\n" not in str(error) and str(error).isprintable()
    assert 200 < refusals < 750


def test_bytes_that_are_no_model(tmp_path: Path) -> None:
    path, chosen = tmp_path / "m.onnx", random.Random(2)
    for size in (1, 10, 1000, 100_000):
        path.write_bytes(chosen.randbytes(size))
        assert "not an ONNX file" in refused(path)


def test_the_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(small(), tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    assert "needs onnx: pip install 'rnnstep[onnx]'" in refused(path)


def test_every_integer_type_is_read_as_it_is() -> None:
    from rnnstep.weights.onnx.tensors import Store

    store = Store(Path("m.onnx"))
    for kind in ("int8", "uint8", "int16", "uint16", "int32", "int64", "uint32", "uint64", "bool"):
        array = np.array([0, 1, 1, 0], kind) if kind == "bool" else np.array([0, 1, 127], kind)
        wide = helper.np_dtype_to_tensor_dtype(array.dtype)
        typed = helper.make_tensor("t", wide, array.shape, array.tolist())
        for proto in (numpy_helper.from_array(array, "t"), typed):
            read = store.array(proto, "t")
            assert read is not None and read.tolist() == array.astype(int).tolist()
    for kind in ("float16", "float32", "float64"):
        array = np.array([0.5, -1.25, 3], kind)
        read = store.array(numpy_helper.from_array(array, "t"), "t")
        assert read is not None and read.dtype == array.dtype and read.tolist() == array.tolist()
    half = helper.make_tensor("t", TensorProto.BFLOAT16, (2,), [0.5, -1.25])
    read = store.array(half, "t")
    assert read is not None and read.tolist() == [0.5, -1.25] and read.dtype == np.float32

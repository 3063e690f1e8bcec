"""What is told of a weight file: every tensor accounted for, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rnnstep.inspection import Inspection, inspect_weights
from rnnstep.render.inspection import as_json, as_text
from rnnstep.weights import make_request, open_weights
from tests.cli.test_command import run

SAMPLES = Path(__file__).parents[2] / "samples"
Arrays = dict[str, np.ndarray]


def told(path: Path, **said: str) -> Inspection:
    return inspect_weights(open_weights(path, make_request(**said)))


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0).normal
    kernel = draw(size=(12, 3))
    arrays: Arrays = {
        "lstm.weight_ih_l0": draw(size=(12, 2)),
        "lstm.weight_hh_l0": kernel * 9,
        "lstm.bias_ih_l0": np.zeros(12),
        "lstm.bias_hh_l0": np.zeros(12),
        "copy": kernel * 9,
        "table": np.ones((2, 2, 2)),
    }
    np.savez(tmp_path / "w.npz", **arrays)  # type: ignore[arg-type]
    return tmp_path / "w.npz"


def test_every_tensor_is_a_layer_s_or_unused(odd: Path) -> None:
    found = told(odd)
    used = {tensor.name: tensor.role for tensor in found.layers[0].tensors}
    assert used["lstm.weight_hh_l0"] == "Wh of i, f, g, o"
    assert {tensor.name for tensor in found.unused} == {"copy", "table"}
    assert {*used, "copy", "table"} == {*np.load(odd)}
    assert found.count == 24 + 36 + 12 + 12 + 36 + 8


def test_the_numbers_of_the_question_s_layer_add_up() -> None:
    (layer,) = told(SAMPLES / "question" / "seq.weights.npz").layers
    assert layer.numbers == "13,300 numbers = 100·32 + 100·100 + 100"
    assert layer.shapes == (
        "(batch, timesteps, 32) → (batch, timesteps, 100), its last timestep (batch, 100)"
    )


@pytest.mark.parametrize(
    ("stated", "narrated"),
    [
        (
            "(None, 250, 32) → (None, 100)",
            "batch, 250 timesteps, 32 features; 100 units, of the last timestep alone",
        ),
        ("(None, None, 32) → (None, None, 100)", "batch, timesteps, 32 features; 100 units"),
    ],
)
def test_the_shapes_that_a_file_states_are_narrated(stated: str, narrated: str) -> None:
    loaded = open_weights(SAMPLES / "question" / "seq.weights.npz", make_request())
    shapes = {"simple_rnn": stated}
    loaded = loaded.replaced(blueprint=loaded.blueprint.replaced(shapes=shapes))
    assert inspect_weights(loaded).layers[0].shapes == f"{stated}: {narrated}"


def test_what_is_worth_a_look_is_said(odd: Path) -> None:
    found = " ".join(told(odd).findings)
    assert "lstm: b_i, b_f, b_g, b_o all zero" in found
    assert "'copy' has exactly the numbers of 'lstm.weight_hh_l0'" in found
    assert "3 of 3 units of Wh_" in found


def test_the_flags_that_say_otherwise_are_named(odd: Path) -> None:
    assert any(line.endswith("(--gate-order)") for line in told(odd).inferred)
    assert "gate order i, o, f, g (as said)" in " ".join(told(odd, gate_order="i,o,f,g").inferred)


def test_the_text_and_the_json_say_the_same(odd: Path) -> None:
    found = told(odd)
    text = "\n".join(as_text(found))
    data = json.loads(as_json(found))
    assert text.startswith(f"{odd}: 6 tensors, {found.count:,} numbers\n")
    for layer in data["layers"]:
        assert f"\n{layer['name']}: {layer['summary']}\n" in text
        assert all(tensor["name"] in text for tensor in layer["tensors"])
    assert [tensor["name"] for tensor in data["unused"]] == ["copy", "table"]
    assert data["count"] == found.count


def test_the_command_prints_either(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("inspect", str(odd)) == 0
    assert capsys.readouterr().out == "\n".join(as_text(told(odd))) + "\n"
    assert run("inspect", str(odd), "--json") == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(odd)
    assert run("inspect", str(odd.parent / "none.npz")) == 2

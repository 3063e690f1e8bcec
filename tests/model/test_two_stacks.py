"""A file with two recurrent stacks: the layer's name says which of them is run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnstep import UnknownNameError, load_model, open_session
from tests.cli.test_command import complaint, run

D, H, OUT = 3, 4, 2


def lstm(name: str, depth: int = 0) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.weight_ih_l{depth}": (4 * H, H if depth else D),
        f"{name}.weight_hh_l{depth}": (4 * H, H),
        f"{name}.bias_ih_l{depth}": (4 * H,),
        f"{name}.bias_hh_l{depth}": (4 * H,),
    }


def dense(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (OUT, H), f"{name}.bias": (OUT,)}


def files(folder: Path, shapes: dict[str, tuple[int, ...]]) -> tuple[Path, Path]:
    random = np.random.default_rng(0)
    tensors = {name: random.normal(size=s).astype(np.float32) for name, s in shapes.items()}
    save_file(tensors, folder / "two.safetensors")
    np.save(folder / "seq.npy", random.normal(size=(5, D)).astype(np.float32))
    return folder / "seq.npy", folder / "two.safetensors"


STACKS = lstm("encoder.lstm") | lstm("decoder.lstm")
HEADS = dense("encoder.out") | dense("decoder.out")


@pytest.mark.parametrize("name", ["decoder/lstm", "decoder.lstm", "decoder"])
def test_a_layer_s_name_chooses_the_stack(tmp_path: Path, name: str) -> None:
    seq, weights = files(tmp_path, STACKS)
    chosen = open_session(seq, weights=weights, layer=name).trace.series("h_t")
    alone = open_session(seq, weights=weights, prefix="decoder.lstm.").trace.series("h_t")
    first = open_session(seq, weights=weights).trace.series("h_t")
    assert np.array_equal(chosen, alone)
    assert not np.array_equal(chosen, first)


@pytest.mark.parametrize("heads", [HEADS, dense("decoder.out")], ids=["two heads", "one head"])
@pytest.mark.parametrize("name", ["decoder/lstm", "decoder.lstm", "decoder"])
def test_the_head_of_the_stack_is_run_with_it(
    tmp_path: Path, name: str, heads: dict[str, tuple[int, ...]]
) -> None:
    seq, weights = files(tmp_path, STACKS | heads)
    session = open_session(seq, weights=weights, layer=name)
    model = session.trace.model
    assert [layer.name for layer in model.layers] == ["decoder/lstm", "decoder/out"]
    assert model.layers[model.focus].name == "decoder/lstm"
    alone = open_session(seq, weights=weights, prefix="decoder.").trace
    np.testing.assert_array_equal(session.trace.series("y_t"), alone.series("y_t"))
    assert [layer.name for layer in load_model(weights, layer=name).layers][-1] == "decoder/out"


def test_a_head_chooses_the_stack_that_it_reads(tmp_path: Path) -> None:
    seq, weights = files(tmp_path, STACKS | HEADS)
    model = open_session(seq, weights=weights, layer="decoder/out").trace.model
    assert [layer.name for layer in model.layers] == ["decoder/lstm", "decoder/out"]
    assert model.layers[model.focus].name == "decoder/out"


def test_a_stack_of_several_layers_goes_by_one_name(tmp_path: Path) -> None:
    deep = lstm("decoder.lstm") | lstm("decoder.lstm", 1)
    seq, weights = files(tmp_path, lstm("encoder.lstm") | deep | HEADS)
    model = open_session(seq, weights=weights, layer="decoder/lstm").trace.model
    names = [layer.name for layer in model.layers]
    assert names == ["decoder/lstm_l0", "decoder/lstm_l1", "decoder/out"]
    assert model.focus == 0


def test_a_layer_of_the_first_stack_is_looked_at_there(tmp_path: Path) -> None:
    seq, weights = files(tmp_path, STACKS | HEADS)
    model = open_session(seq, weights=weights, layer="encoder.out").trace.model
    assert [layer.name for layer in model.layers] == ["encoder/lstm", "encoder/out"]
    assert model.focus == 1


@pytest.mark.parametrize("opened", ["session", "model"])
def test_a_name_that_no_stack_has(tmp_path: Path, opened: str) -> None:
    seq, weights = files(tmp_path, STACKS | HEADS)
    known = "decoder/lstm, decoder/out, encoder/lstm, encoder/out"
    with pytest.raises(UnknownNameError, match=f"no layer 'middle'; known: {known}"):
        if opened == "session":
            open_session(seq, weights=weights, layer="middle")
        else:
            load_model(weights, layer="middle")
    with pytest.raises(UnknownNameError, match="did you mean 'decoder/lstm'"):
        open_session(seq, weights=weights, layer="decoder/lsmt")


def test_the_command_runs_the_head_and_names_all_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seq, weights = files(tmp_path, STACKS | HEADS)
    tokens = ["print", str(seq), "--weights", str(weights), "--layer"]
    assert run(*tokens, "decoder/lstm", "--steps", "0") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "rnnstep  seq.npy · LSTM 3→4 tanh sigmoid, Dense 4→2 linear · two.safetensors"
    assert "not run, as they do not fit one after another: encoder/lstm 3→4" in said[1]
    assert said[1].endswith("(--layer)")
    assert "known: decoder/lstm, decoder/out, encoder/lstm" in complaint(capsys, *tokens, "other")

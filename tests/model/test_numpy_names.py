"""Weights as NumPy code names and shapes them, against plain loops over the timesteps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import InputError, Model, Trace, load_model

Floats = npt.NDArray[np.float64]
T, D, H, C = 7, 4, 6, 3
LSTM_GATES, GRU_GATES = "ifgo", "zrn"
random = np.random.default_rng(5)
X = random.normal(size=(T, D))
WX = {gate: random.normal(size=(H, D)) for gate in "ifgozrn"}
WH = {gate: random.normal(size=(H, H)) for gate in "ifgozrn"}
B = {gate: random.normal(size=H) for gate in "ifgozrn"}
WY, BY = random.normal(size=(C, H)), random.normal(size=C)


def sigmoid(a: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-a)))


def rnn(xs: Floats = X, wx: Floats = WX["i"], wh: Floats = WH["i"]) -> Floats:
    h, out = np.zeros(H), []
    for x in xs:
        h = np.tanh(wx @ x + wh @ h + B["i"])
        out.append(h)
    return np.array(out)


def lstm() -> Floats:
    h, c, out = np.zeros(H), np.zeros(H), []
    for x in X:
        a = {gate: WX[gate] @ x + WH[gate] @ h + B[gate] for gate in LSTM_GATES}
        c = sigmoid(a["f"]) * c + sigmoid(a["i"]) * np.tanh(a["g"])
        h = sigmoid(a["o"]) * np.tanh(c)
        out.append(h)
    return np.array(out)


def gru(after: bool = False, bias: float = 0.0) -> Floats:
    h, out = np.zeros(H), []
    for x in X:
        z, r = (sigmoid(WX[g] @ x + WH[g] @ h + B[g]) for g in "zr")
        past = r * (WH["n"] @ h + bias) if after else WH["n"] @ (r * h)
        h = (1 - z) * np.tanh(WX["n"] @ x + past + B["n"]) + z * h
        out.append(h)
    return np.array(out)


def opened(tmp_path: Path, arrays: dict[str, Floats], **said: str) -> Model:
    np.savez(tmp_path / "w.npz", **arrays)  # type: ignore[arg-type]
    return load_model(tmp_path / "w.npz", **said)


def hidden(model: Model, xs: Floats = X) -> Floats:
    one = len(model.layers) == 1
    name = "h_t" if one else f"{model.layers[0].name}/h_t"
    return np.asarray(Trace(model, xs).series(name))


def warned(model: Model, text: str) -> bool:
    return any(note.warning and text in note.text for note in model.notes)


def by_gate(
    gates: str,
    letters: str,
    kernel: str,
    recurrent: str = "",
    bias: str = "b_{}",
    row: bool = False,
) -> dict[str, Floats]:
    """One tensor a gate under these names; without the second name, [h, x] joined."""
    arrays = {}
    for gate, letter in zip(gates, letters, strict=True):
        joined = WX[gate] if recurrent else np.hstack([WH[gate], WX[gate]])
        arrays[kernel.format(letter)] = joined.T if row else joined
        if recurrent:
            arrays[recurrent.format(letter)] = WH[gate].T if row else WH[gate]
        arrays[bias.format(letter)] = B[gate]
    return arrays


NAMES = [
    ("W_x{}", "W_h{}", "b_{}"),
    ("W_i{}", "W_h{}", "b_{}"),
    ("W_{}", "U_{}", "b_{}"),
    ("W{}", "U{}", "b{}"),
    ("W_{}x", "W_{}h", "b_{}"),
    ("W{}", "", "b{}"),
    ("W_{}", "", "b_{}"),
    ("cell.W_{}.weight", "", "cell.W_{}.bias"),
    ("cell/i{}/kernel", "cell/h{}/kernel", "cell/h{}/bias"),
]


@pytest.mark.parametrize("row", [True, False])
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize(
    ("gates", "letters", "run"),
    [(LSTM_GATES, "ifgo", lstm), (LSTM_GATES, "ifco", lstm), (GRU_GATES, "zrh", gru)],
)
def test_one_tensor_a_gate(
    tmp_path: Path,
    gates: str,
    letters: str,
    run: Callable[[], Floats],
    names: tuple[str, str, str],
    row: bool,
) -> None:
    model = opened(tmp_path, by_gate(gates, letters, *names, row=row))
    assert np.allclose(hidden(model), run(), rtol=0, atol=1e-12)
    assert not any("not used" in note.text for note in model.notes)
    assert warned(model, "[h, x], as is most common") == (not names[1])
    assert warned(model, "negate the weights and the bias of z") == (gates == GRU_GATES)


def test_input_first_is_said_by_renaming(tmp_path: Path) -> None:
    arrays = {f"W{g}": np.hstack([WX[g], WH[g]]) for g in LSTM_GATES}
    rename = ",".join(f"W{g}=W_xh_{g}" for g in LSTM_GATES)
    model = opened(tmp_path, {**arrays, **{f"b{g}": B[g] for g in LSTM_GATES}}, rename=rename)
    assert np.allclose(hidden(model), lstm(), rtol=0, atol=1e-12)
    assert not any(note.warning for note in model.notes)


def test_two_candidate_biases_tell_where_a_gru_resets(tmp_path: Path) -> None:
    arrays = by_gate(GRU_GATES, GRU_GATES, "W_i{}", "W_h{}", "b_i{}")
    model = opened(tmp_path, {**arrays, "b_hn": np.full(H, 0.5)})
    assert model.layers[0].cell.name == "GRU"
    assert np.allclose(hidden(model), gru(True, 0.5), rtol=0, atol=1e-12)
    one = by_gate(GRU_GATES, "zrh", "W{}", "U{}", "b{}")
    assert np.allclose(hidden(opened(tmp_path, one, cell="GRU")), gru(True), rtol=0, atol=1e-12)


def test_a_gate_without_its_kernel_is_no_simple_layer(tmp_path: Path) -> None:
    arrays = by_gate(GRU_GATES, "zrh", "W_x{}", "W_h{}")
    del arrays["W_xz"]
    with pytest.raises(InputError, match="no known cell has these weights"):
        opened(tmp_path, arrays)


HEADED = [
    {"Wxh": WX["i"], "Whh": WH["i"], "bh": B["i"][:, None], "Why": WY, "by": BY[:, None]},
    {"Wax": WX["i"], "Waa": WH["i"], "ba": B["i"][:, None], "Wya": WY, "by": BY[:, None]},
    {"W_xh": WX["i"].T, "W_hh": WH["i"].T, "b_h": B["i"], "W_hq": WY.T, "b_q": BY},
    {"Wx": WX["i"].T, "Wh": WH["i"].T, "b": B["i"][None], "Wy": WY.T, "by": BY[None]},
    {"U": WX["i"], "W": WH["i"], "b": B["i"], "V": WY, "c": BY},
    {"m.W_xh.weight": WX["i"], "m.W_xh.bias": B["i"], "m.W_hh.weight": WH["i"]}
    | {"m.W_hy.weight": WY, "m.W_hy.bias": BY},
    {"i2h.weight": np.hstack([WX["i"], WH["i"]]), "i2h.bias": B["i"]}
    | {"h2o.weight": WY, "h2o.bias": BY},
]


@pytest.mark.parametrize("arrays", HEADED, ids=lambda arrays: next(iter(arrays)))
def test_a_simple_layer_and_the_dense_one_beside_it(
    tmp_path: Path, arrays: dict[str, Floats]
) -> None:
    model = opened(tmp_path, arrays)
    assert [layer.cell.name for layer in model.layers] == ["SimpleRNN", "Dense"]
    assert np.allclose(hidden(model), rnn(), rtol=0, atol=1e-12)
    y = Trace(model, X).series(f"{model.layers[1].name}/y_t")
    assert np.allclose(y, rnn() @ WY.T + BY, rtol=0, atol=1e-12)


@pytest.mark.parametrize("column", [True, False])
@pytest.mark.parametrize("told_by", ["bias", "head"])
def test_square_kernels_are_turned_as_what_stands_beside_them(
    tmp_path: Path, column: bool, told_by: str
) -> None:
    kernel, xs = WH["f"], np.hstack([X, X[:, :2]])
    beside = {"bh": B["i"], "Why": WY if column else WY.T}
    if told_by == "bias":
        beside = {"bh": B["i"][:, None] if column else B["i"][None]}
    turned = {k: w if column else w.T for k, w in (("Wxh", kernel), ("Whh", WH["i"]))}
    model = opened(tmp_path, {**turned, **beside})
    assert np.allclose(hidden(model, xs), rnn(xs, kernel), rtol=0, atol=1e-12)


def test_stacked_gates_under_the_names_of_cs231n(tmp_path: Path) -> None:
    stacked = {k: np.vstack([w[g] for g in "ifog"]).T for k, w in (("Wx", WX), ("Wh", WH))}
    arrays = {**stacked, "b": np.hstack([B[g] for g in "ifog"])}
    assert warned(opened(tmp_path, arrays), "stacks i, f, o, g")
    model = opened(tmp_path, arrays, gate_order="i,f,o,g")
    assert np.allclose(hidden(model), lstm(), rtol=0, atol=1e-12)
    with pytest.raises(InputError, match="--gate-order r,z,n: no layer has these gates"):
        opened(tmp_path, arrays, gate_order="r,z,n")


def test_gates_with_tensors_of_their_own_have_no_order(tmp_path: Path) -> None:
    own = {f"{role}_{g}": w[g] for role, w in (("Wx", WX), ("Wh", WH), ("b", B)) for g in "ifog"}
    assert np.allclose(hidden(opened(tmp_path, own)), lstm(), rtol=0, atol=1e-12)
    with pytest.raises(InputError, match=r"each gate has tensors of its own.*--rename"):
        opened(tmp_path, own, gate_order="f,i,g,o")


def test_sigmoid_of_u_w_v_is_said_and_tanh_by_renaming(tmp_path: Path) -> None:
    arrays = {"U": WX["i"], "W": WH["i"], "V": WY}
    assert warned(opened(tmp_path, arrays), "tanh")
    model = opened(tmp_path, {**arrays, "b": B["i"]}, rename="U=Wx,W=Wh,V=out.weight")
    assert np.allclose(hidden(model), rnn(), rtol=0, atol=1e-12)


def test_texts_beside_numbers_are_not_used(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", chars=np.array(["a", "b"]), Wx=WX["i"], Wh=WH["i"], b=B["i"])
    assert warned(load_model(tmp_path / "w.npz"), "not used from w.npz: chars")
    np.savez(tmp_path / "w.npz", chars=np.array(["a", "b"]))
    with pytest.raises(InputError, match="'chars': holds text"):
        load_model(tmp_path / "w.npz")


@pytest.mark.parametrize("name", ["lstm.thing", "my_hh", "i2h"])
def test_no_recurrent_layer_where_a_name_hints_at_one(tmp_path: Path, name: str) -> None:
    arrays = {f"{name}.weight": np.ones((D, C)), f"{name}.bias": np.ones(D)}
    assert warned(opened(tmp_path, arrays), "no recurrent layer was recognised")


def test_a_refusal_says_how_to_rename_and_that_works(tmp_path: Path) -> None:
    stacked = {
        g: np.vstack([w[k] for k in LSTM_GATES]).T for g, w in (("arr_0", WX), ("arr_1", WH))
    }
    arrays = {**stacked, "arr_2": np.hstack([B[g] for g in LSTM_GATES])}
    with pytest.raises(InputError, match="--rename") as caught:
        opened(tmp_path, arrays)
    rename = str(caught.value).rpartition("--rename ")[2]
    assert np.allclose(hidden(opened(tmp_path, arrays, rename=rename)), lstm(), rtol=0, atol=1e-12)
    with pytest.raises(InputError, match="SimpleRNN needs Wx, Wh, none of which"):
        opened(tmp_path, {"A": np.ones((2, 3)), "B": np.ones((4, 5))}, cell="SimpleRNN")

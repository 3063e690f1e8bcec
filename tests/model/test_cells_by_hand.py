"""Every built-in cell beside its formula, written out by hand as the paper or framework prints it.

The loops below run in numpy's longest float, on the weights that the cell has. A value of rnnstep
then differs by its own rounding alone: sums of up to ten terms, carried over T steps by
weights that neither grow nor forget much, of which most cancels. Measured are 1.9 eps at the most,
of a value's size where it is above 1; 8 are allowed. A wrong name, sign or function in a line of a
listing is off by 0.1 or more: no two sizes are the same, no bias and no initial state is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rnnstep import Cell, Model, Step, Trace, build_layer, load_cell, steps
from rnnstep.cells import cell_names
from rnnstep.equations import ACTIVATIONS, compile_node

T = 7
SIZES = {"input": 3, "hidden": 5, "output": 4, "projection": 2}
WIDE = {"input": 33, "hidden": 70, "output": 17, "projection": 12}
"""Enough for the kernels of BLAS and SIMD that a short vector never reaches."""

EPS = 8
Values = dict[str, Any]
Function = Callable[[Any], Any]

FUNCTIONS: Mapping[str, Function] = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.where(x > 0, x, 0),
    "linear": lambda x: x,
    "hard_sigmoid": lambda x: np.minimum(1, np.maximum(0, x / 6 + np.longdouble(1) / 2)),
    "hard_sigmoid_keras2": lambda x: np.minimum(1, np.maximum(0, x / 5 + np.longdouble(1) / 2)),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softmax": lambda x: np.exp(x) / sum(np.exp(x)),
}


def simple_rnn(x: Any, s: Any, w: Any, f: Function, _: Function) -> Values:
    """Keras SimpleRNN: output = activation(kernel·x + bias + recurrent_kernel·h)."""
    from_input, from_past = w.Wx @ x, w.Wh @ s.h_prev
    a = from_input + w.b + from_past
    return {"Wx_x": from_input, "Wh_h": from_past, "a": a, "h_t": f(a)}


def gru(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """torch.nn.GRU; b_ir + b_hr and b_iz + b_hz are one bias each."""
    h = s.h_prev
    r = g(w.Wx_r @ x + w.Wh_r @ h + w.b_r)
    z = g(w.Wx_z @ x + w.Wh_z @ h + w.b_z)
    n = f(w.Wx_n @ x + w.bx_n + r * (w.Wh_n @ h + w.bh_n))
    return {
        **{f"Wx_x_{k}": getattr(w, f"Wx_{k}") @ x for k in "rzn"},
        **{f"Wh_h_{k}": getattr(w, f"Wh_{k}") @ h for k in "rzn"},
        "a_r": w.Wx_r @ x + w.Wh_r @ h + w.b_r,
        "a_z": w.Wx_z @ x + w.Wh_z @ h + w.b_z,
        "r_h_n": r * (w.Wh_n @ h + w.bh_n),
        "a_n": w.Wx_n @ x + w.bx_n + r * (w.Wh_n @ h + w.bh_n),
        **{"r_t": r, "z_t": z, "n_t": n, "h_t": (1 - z) * n + z * h},
    }


def gru_reset_before(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """Cho et al. 2014, equations 5 to 8: h̃ = φ(W x + U (r ⊙ h)), h = z h + (1 − z) h̃."""
    h = s.h_prev
    r = g(w.Wx_r @ x + w.Wh_r @ h + w.b_r)
    z = g(w.Wx_z @ x + w.Wh_z @ h + w.b_z)
    candidate = f(w.Wx_n @ x + w.Wh_n @ (r * h) + w.b_n)
    return {
        **{f"Wx_x_{k}": getattr(w, f"Wx_{k}") @ x for k in "rzn"},
        **{"Wh_h_r": w.Wh_r @ h, "Wh_h_z": w.Wh_z @ h, "Wh_h_n": w.Wh_n @ (r * h)},
        "a_r": w.Wx_r @ x + w.Wh_r @ h + w.b_r,
        "a_z": w.Wx_z @ x + w.Wh_z @ h + w.b_z,
        "a_n": w.Wx_n @ x + w.Wh_n @ (r * h) + w.b_n,
        **{"r_t": r, "z_t": z, "r_h": r * h, "n_t": candidate},
        "h_t": z * h + (1 - z) * candidate,
    }


def lstm(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """torch.nn.LSTM; b_i… + b_h… are one bias a gate."""
    h, c = s.h_prev, s.c_prev
    a_i = w.Wx_i @ x + w.b_i + w.Wh_i @ h
    a_f = w.Wx_f @ x + w.b_f + w.Wh_f @ h
    a_g = w.Wx_g @ x + w.b_g + w.Wh_g @ h
    a_o = w.Wx_o @ x + w.b_o + w.Wh_o @ h
    c_t = g(a_f) * c + g(a_i) * f(a_g)
    return {
        **{f"Wx_x_{k}": getattr(w, f"Wx_{k}") @ x for k in "ifgo"},
        **{f"Wh_h_{k}": getattr(w, f"Wh_{k}") @ h for k in "ifgo"},
        **{"a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o, "c_t": c_t, "h_t": g(a_o) * f(c_t)},
        **{"i_t": g(a_i), "f_t": g(a_f), "g_t": f(a_g), "o_t": g(a_o)},
    }


def lstm_peephole(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """ONNX LSTM with P: P_i ⊙ C(t−1) and P_f ⊙ C(t−1), but P_o ⊙ C(t)."""
    h, c = s.h_prev, s.c_prev
    a_i = w.Wx_i @ x + w.Wh_i @ h + w.p_i * c + w.b_i
    a_f = w.Wx_f @ x + w.Wh_f @ h + w.p_f * c + w.b_f
    a_g = w.Wx_g @ x + w.Wh_g @ h + w.b_g
    c_t = g(a_f) * c + g(a_i) * f(a_g)
    a_o = w.Wx_o @ x + w.Wh_o @ h + w.p_o * c_t + w.b_o
    return {
        **{f"Wx_x_{k}": getattr(w, f"Wx_{k}") @ x for k in "ifgo"},
        **{f"Wh_h_{k}": getattr(w, f"Wh_{k}") @ h for k in "ifgo"},
        **{"p_c_i": w.p_i * c, "p_c_f": w.p_f * c, "p_c_o": w.p_o * c_t},
        **{"a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o, "c_t": c_t, "h_t": g(a_o) * f(c_t)},
        **{"i_t": g(a_i), "f_t": g(a_f), "g_t": f(a_g), "o_t": g(a_o)},
    }


def jordan(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """Jordan 1986: h_t = σ_h(W_h x_t + U_h y_{t−1} + b_h), y_t = σ_y(W_y h_t + b_y)."""
    a = w.Wx @ x + w.Wy @ s.y_prev + w.b
    h = f(a)
    a_y = w.V @ h + w.b_y
    made = {"Wx_x": w.Wx @ x, "Wy_y": w.Wy @ s.y_prev, "a": a, "h_t": h, "V_h": w.V @ h}
    return made | {"a_y": a_y, "y_t": g(a_y)}


def ind_rnn(x: Any, s: Any, w: Any, f: Function, _: Function) -> Values:
    """Li et al. 2018, equation 4: h_t = σ(W x_t + u ⊙ h_{t−1} + b)."""
    a = w.Wx @ x + w.u * s.h_prev + w.b
    return {"Wx_x": w.Wx @ x, "Wh_h": w.u * s.h_prev, "a": a, "h_t": f(a)}


def compute_states(x: Any, s: Any, w: Any, *_: Function) -> Values:
    """The question's first answer: S[:,k+1] = X[:,k] * wx + S[:,k] * wRec."""
    kept = s.h_prev * w.wRec
    return {"Wx_x": x * w.wx, "Wh_h": kept, "h_t": x * w.wx + kept}


def uwv(x: Any, s: Any, w: Any, *_: Function) -> Values:
    """The question's second answer: add = mulu + mulw, s = sigmoid(add), mulv = V·s."""
    mulu, mulw = np.dot(w.U, x), np.dot(w.W, s.h_prev)
    state = 1 / (1 + np.exp(-(mulw + mulu)))
    return {"Wx_x": mulu, "Wh_h": mulw, "a": mulw + mulu, "h_t": state, "y_t": w.V @ state}


def dense(x: Any, _: Any, w: Any, f: Function, __: Function) -> Values:
    """Keras Dense: output = activation(kernel·x + bias)."""
    return {"W_x": w.W @ x, "a": w.W @ x + w.b, "y_t": f(w.W @ x + w.b)}


def lstm_projected(x: Any, s: Any, w: Any, f: Function, g: Function) -> Values:
    """torch.nn.LSTM with proj_size: h_t = W_hr · (o ⊙ tanh(c))."""
    values = lstm(x, s, w, f, g)
    read = values["o_t"] * f(values["c_t"])
    return values | {"p_t": read, "h_t": w.Wr @ read}


def layer_norm(x: Any, _s: Any, w: Any, *_: Function) -> Values:
    """torch.nn.LayerNorm: (x − E[x]) / √(Var[x] + ε) · γ + β, the variance divided by n."""
    centred, variance = x - x.mean(), x.var()
    scaled = centred / np.sqrt(variance + w.epsilon)
    return {
        "centred": centred,
        "variance": variance,
        "scaled": scaled,
        "y_t": scaled * w.gamma + w.beta,
    }


def batch_norm(x: Any, _s: Any, w: Any, *_: Function) -> Values:
    """Keras BatchNormalization at inference: γ · (x − moving mean) / √(moving variance + ε) + β."""
    centred = x - w.mean_of
    scaled = centred / np.sqrt(w.variance + w.epsilon)
    return {"centred": centred, "scaled": scaled, "y_t": scaled * w.gamma + w.beta}


def masking(x: Any, _s: Any, w: Any, *_: Function) -> Values:
    """Keras Masking: a timestep whose features all have the mask's value is padding."""
    reads = np.longdouble(not all(x == w.mask_value))
    return {"m_t": reads, "y_t": x * reads}


def activation(x: Any, _s: Any, _w: Any, f: Function, _: Function) -> Values:
    """Keras Activation."""
    return {"y_t": f(x)}


BY_HAND: Mapping[str, Callable[..., Values]] = {
    "SimpleRNN": simple_rnn,
    "GRU": gru,
    "GRUResetBefore": gru_reset_before,
    "LSTM": lstm,
    "LSTMPeephole": lstm_peephole,
    "Jordan": jordan,
    "IndRNN": ind_rnn,
    "ComputeStates": compute_states,
    "UWV": uwv,
    "Dense": dense,
    "LSTMProjected": lstm_projected,
    "LayerNorm": layer_norm,
    "BatchNorm": batch_norm,
    "Masking": masking,
    "Activation": activation,
}
ELSEWHERE = {"Embedding", *(f"Bidirectional{how}" for how in ("Concat", "Sum", "Mul", "Ave"))}
"""What reads a number, or two layers: in test_directions.py."""
ELSEWHERE |= {"Cut", "Scale", "SequenceLength"}
"""What only ONNX files have: in tests/parity/test_onnx_nodes.py and test_onnx_files.py."""
NOT_NEGATIVE = {"epsilon", "variance"}
# the second option is the gates' function, or the output's; the two differ, so that none is swapped
CASES = [
    *((cell, ()) for cell in BY_HAND),
    *(("SimpleRNN", (f,)) for f in ("tanh", "relu", "sigmoid", "linear")),
    *((cell, ("relu", "hard_sigmoid")) for cell in ("GRU", "GRUResetBefore", "LSTM")),
    ("LSTMProjected", ("softsign", "hard_sigmoid")),
    ("LSTMPeephole", ("softsign", "hard_sigmoid_keras2")),
    ("Jordan", ("sigmoid", "softmax")),
    ("IndRNN", ("tanh",)),
    *(("Dense", (f,)) for f in ACTIVATIONS),
]


def setting(
    name: str, functions: tuple[str, ...], dtype: str, sizes: Mapping[str, int] = SIZES
) -> tuple[Cell, Model, Any, Values]:
    """A cell with random weights, a sequence and initial states; none of them zero."""
    cell = load_cell(name)
    cell = load_cell(name, dict(zip(cell.options, functions, strict=False)))
    random = np.random.default_rng(len(name))

    def draw(*shape: int) -> Any:
        return random.uniform(0.1, 0.6, shape).astype(dtype) * random.choice([-1, 1], shape)

    weights = {d.name: draw(*(sizes[str(a)] for a in d.shape)).astype(dtype) for d in cell.weights}
    weights = {name: abs(w) if name in NOT_NEGATIVE else w for name, w in weights.items()}
    xs = random.normal(size=(T, sizes["input"])).astype(dtype)
    states = {d.name: draw(*(sizes[str(a)] for a in d.shape)).astype(dtype) for d in cell.states}
    return cell, Model((build_layer("layer", cell, weights, dtype),)), xs, states


def run_by_hand(cell: Cell, model: Model, xs: Any, states: Values) -> list[Values]:
    """The plain loop over time, of the formula above."""
    exact = {k: v.astype(np.longdouble) for k, v in model.layers[0].weights.items()}
    state = {k: v.astype(np.longdouble) for k, v in states.items()}
    f, g, *_ = *(FUNCTIONS[name] for name in cell.options.values()), np.positive, np.positive
    made = []
    for x in xs.astype(np.longdouble):
        values = BY_HAND[cell.name](x, SimpleNamespace(**state), SimpleNamespace(**exact), f, g)
        made.append({"x_t": x, **state, **values})
        state = {name: values[name.removesuffix("_prev") + "_t"] for name in state}
    return made


def test_every_built_in_cell_is_written_out_here() -> None:
    assert {*BY_HAND, *ELSEWHERE} == {*cell_names()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "functions"), CASES)
def test_every_value_of_every_step_is_what_the_formula_gives(
    name: str, functions: tuple[str, ...], dtype: str
) -> None:
    cell, model, xs, states = setting(name, functions, dtype)
    expected = run_by_hand(cell, model, xs, states)
    tolerance = EPS * np.finfo(dtype).eps
    run = list(steps(model, xs, states))
    assert len(run) == len(expected) == T
    for step, values in zip(run, expected, strict=True):
        assert sorted(step) == sorted(values)
        for value in step:
            assert step[value].dtype == dtype
            assert step[value].shape == values[value].shape
            np.testing.assert_allclose(
                step[value].astype(np.longdouble),
                values[value],
                rtol=float(tolerance),
                atol=float(tolerance),
                err_msg=f"{value} at t = {step.t}",
            )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", [SIZES, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize(("name", "functions"), CASES)
def test_a_line_over_all_of_time_has_the_bits_of_its_steps(
    name: str, functions: tuple[str, ...], sizes: Mapping[str, int], dtype: str
) -> None:
    cell, model, xs, states = setting(name, functions, dtype, sizes)
    run: list[Step] = list(steps(model, xs, states))
    series = {value: np.stack([step[value] for step in run]) for value in cell.values}
    names = {**model.layers[0].weights, **series}
    for equation in cell.equations:
        window = np.asarray(compile_node(equation.node, cell.shapes, cell.values)(names), dtype)
        assert window.shape == series[equation.name].shape
        if "@" in equation.text:
            # the products of gates are computed as one matrix', which may round otherwise
            scale = EPS * np.finfo(dtype).eps * max(1.0, float(np.abs(window).max()))
            difference = np.abs(window - series[equation.name]).max()
            assert difference <= scale, equation.name
        else:
            # bytes, for they tell -0 from 0
            assert window.tobytes() == series[equation.name].tobytes(), equation.name


def test_axes_that_are_joined_and_cut_have_their_lengths(tmp_path: Path) -> None:
    path = tmp_path / "cut.txt"
    path.write_text(
        """\
input  x_t:    input
state  h_prev: hidden
weight Wx:     hidden, input
weight Wh:     hidden, hidden
output h_t

Wx_x  = Wx @ x_t
Wh_h  = Wh @ h_prev
h_t   = tanh(Wx_x + Wh_h)
few   = h_t[0:2]
last  = h_t[-1]
both  = concat(x_t, h_t)
tail  = both[1:]
mixed = concat(few, x_t[1:])
""",
        encoding="utf-8",
    )
    random = np.random.default_rng(3)
    weights = {"Wx": random.normal(size=(4, 3)), "Wh": random.normal(size=(4, 4))}
    layer = build_layer("layer", load_cell(path), weights)
    trace = Trace(Model((layer,)), random.normal(size=(9, 3)))
    h, x = trace.series("h_t"), trace.series("x_t")
    np.testing.assert_array_equal(trace.series("few"), h[:, :2])
    np.testing.assert_array_equal(trace.series("last"), h[:, -1])
    np.testing.assert_array_equal(trace.series("tail"), np.concatenate([x[:, 1:], h], axis=1))
    np.testing.assert_array_equal(
        trace.series("mixed"), np.concatenate([h[:, :2], x[:, 1:]], axis=1)
    )


@pytest.mark.parametrize("name", cell_names())
def test_a_cell_whose_options_are_its_listings_own_is_read_once(name: str) -> None:
    listed = load_cell(name)
    assert load_cell(name, dict(listed.options)) is listed
    for option in listed.options:
        assert load_cell(name, {option: "elu"}).options[option] == "elu"

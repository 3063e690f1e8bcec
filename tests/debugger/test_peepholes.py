"""Mistakes with the peepholes of an LSTM are named, each as the only explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import Model, build_layer, load_cell
from rnnstep.diagnosis import Finding, Solver
from rnnstep.saving import save_model
from tests.cli.test_command import run
from tests.debugger.planted import sigmoid
from tests.debugger.test_planted import D, H, T, compared

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]


def setting() -> tuple[Model, Array, Array, Array]:
    random = np.random.default_rng(9)
    listing = load_cell("LSTMPeephole")
    sizes = {"input": D, "hidden": H}
    weights = {
        w.name: (random.normal(size=[sizes[str(a)] for a in w.shape]) * 0.7).astype(np.float32)
        for w in listing.weights
    }
    xs = random.normal(size=(T, D)).astype(np.float32)
    h, c = (random.normal(size=H).astype(np.float32) for _ in range(2))
    return Model((build_layer("layer", listing, weights),)), xs, h, c


def ported(w: Weights, xs: Array, h: Array, c: Array, late: bool = False, past: str = "c") -> Array:
    """A peephole LSTM as a plain loop.

    Args:
        w: the weights, as rnnstep names them.
        xs: (timesteps, features).
        h: the hidden state before.
        c: the cell state before.
        late: whether the output gate sees the cell state before the step.
        past: ``h`` if the peepholes see the hidden state.
    """
    rows = []
    for x in xs:
        old = {"h": h, "c": c}[past]
        a = {g: w[f"Wx_{g}"] @ x + w[f"Wh_{g}"] @ h + w[f"b_{g}"] for g in "ifgo"}
        i, f = (sigmoid(a[gate] + w[f"p_{gate}"] * old) for gate in "if")
        c = f * c + i * np.tanh(a["g"])
        o = sigmoid(a["o"] + w["p_o"] * (old if late or past == "h" else c))
        h = o * np.tanh(c)
        rows.append(h)
    return np.stack(rows)


def without(*gates: str) -> Callable[[Weights], Weights]:
    return lambda w: {**w, **{f"p_{gate}": np.zeros(H, np.float32) for gate in gates}}


def stored(order: tuple[str, ...]) -> Callable[[Weights], Weights]:
    """As if the file, read in the order i, f, o, had another one."""
    return lambda w: {**w, **{f"p_{g}": w[f"p_{at}"] for at, g in zip("ifo", order, strict=True)}}


BUGS: dict[str, tuple[Callable[[Weights], Weights], dict[str, Any], str]] = {
    "left out": (without("i", "f", "o"), {}, "the peepholes are left out"),
    **{
        f"{gate} left out": (without(gate), {}, f"the peephole p_{gate} is left out")
        for gate in "ifo"
    },
    **{
        f"order {''.join(order)}": (
            stored(order),
            {},
            f"the peepholes stand in the order {', '.join(order)}, not i, f, o",
        )
        for order in permutations("ifo")
        if order != ("i", "f", "o")
    },
    "old cell state": (
        dict,
        {"late": True},
        "the peephole of the output gate sees c_prev, not c_t",
    ),
    "hidden state": (dict, {"past": "h"}, "the peepholes see h_prev, not the cell state"),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_mistake_with_peepholes_is_named(name: str) -> None:
    model, xs, h, c = setting()
    change, options, told = BUGS[name]
    wanted = ported(change(model.layers[0].weights), xs, h, c, **options)
    comparison = compared(model, xs, h, c, wanted)
    found = [one.words for one in Solver(comparison).search(1) if isinstance(one, Finding)]
    assert found == [told]


def test_a_right_port_with_peepholes_passes() -> None:
    model, xs, h, c = setting()
    assert compared(model, xs, h, c, ported(model.layers[0].weights, xs, h, c)).passed


def test_gates_in_another_order_leave_peepholes_where_they_are() -> None:
    # they are three, in an order of their own
    model, xs, h, c = setting()
    weights = dict(model.layers[0].weights)
    for role in ("Wx", "Wh", "b"):
        weights |= {f"{role}_g": weights[f"{role}_o"], f"{role}_o": weights[f"{role}_g"]}
    comparison = compared(model, xs, h, c, ported(weights, xs, h, c))
    found = [one.words for one in Solver(comparison).search(1) if isinstance(one, Finding)]
    assert found == ["the gates stand in the order i, f, o, g, not i, f, g, o"]


def test_peepholes_left_out_are_named_from_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, xs, *_ = setting()
    zero = np.zeros(H, np.float32)
    files = [str(tmp_path / name) for name in ("x.npy", "w.npz", "h.npy")]
    save_model(model, Path(files[1]))
    np.save(files[0], xs)
    np.save(files[2], ported(without("i", "f", "o")(model.layers[0].weights), xs, zero, zero))
    assert run("check", files[0], "--weights", files[1], "--expect", files[2], "--solve") == 1
    assert "EXPLAINED: the peepholes are left out" in capsys.readouterr().out

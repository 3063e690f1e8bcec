"""An LSTM's step as an integer kernel computes it: whole numbers, and a scale for each array.

Written apart from rnnstep: sums of products are of whole numbers, and exact.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

GATES = {"i": "sigmoid", "f": "sigmoid", "g": "tanh", "o": "sigmoid"}


def whole(x: Real, scale: float, most: int) -> Whole:
    return np.clip(np.rint(x / scale), -most, most).astype(np.int64)


def lstm(
    weights: Mapping[str, Real],
    scales: Mapping[str, float],
    most: int,
    xs: Real,
    h: Real,
    c: Real,
) -> dict[str, list[Whole]]:
    """Every value of every timestep as whole numbers.

    Args:
        weights: Wx_i, Wh_i, b_i and so on, as real numbers.
        scales: for each value the real number that 1 stands for.
        most: the largest whole number of a weight and a value.
        xs: (timesteps, features).
        h: the state before the first timestep, (units,); c likewise.
    """
    of_weight = {n: float(np.abs(w).max()) / most for n, w in weights.items()}
    matrices = {n: whole(w, of_weight[n], most) for n, w in weights.items() if w.ndim == 2}
    kh, kc = whole(h, scales["h_t"], most), whole(c, scales["c_t"], most)
    found: dict[str, list[Whole]] = {}
    for x in xs:
        kx = whole(x, scales["x_t"], most)
        k = {}
        for gate, function in GATES.items():
            a = (matrices[f"Wx_{gate}"] @ kx) * (of_weight[f"Wx_{gate}"] * scales["x_t"])
            a = a + (matrices[f"Wh_{gate}"] @ kh) * (of_weight[f"Wh_{gate}"] * scales["h_t"])
            ka = whole(a + weights[f"b_{gate}"], scales[f"a_{gate}"], most)
            real = ka * scales[f"a_{gate}"]
            exact = np.tanh(real) if function == "tanh" else 1 / (1 + np.exp(-real))
            k[f"a_{gate}"], k[f"{gate}_t"] = ka, whole(exact, scales[f"{gate}_t"], most)
        i, f, g, o = (k[f"{gate}_t"] * scales[f"{gate}_t"] for gate in GATES)
        kc = whole(f * (kc * scales["c_t"]) + i * g, scales["c_t"], most)
        kh = whole(o * np.tanh(kc * scales["c_t"]), scales["h_t"], most)
        for name, value in (k | {"x_t": kx, "c_t": kc, "h_t": kh}).items():
            found.setdefault(name, []).append(value)
    return found

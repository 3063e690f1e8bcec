"""Files that Keras saved, in every format it can write, beside what Keras itself computes.

D ≠ H, T > 1, every weight drawn at random, biases among them. The tolerance is that of
test_runtimes.py, more for values that several layers add up or a norm divides.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rnnstep

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")
pytestmark = pytest.mark.filterwarnings("ignore")

Array = np.ndarray[Any, Any]
L = keras.layers

T, D, H = 7, 3, 5
WHOLE = (".keras", ".h5")
TOLERANCE = {"float32": 20 * 13 * 2.0**-24, "float64": 20 * 13 * 2.0**-53}


def drawn(model: Any, seed: int = 0) -> Any:
    """The same model with random weights; variances stay positive."""
    random = np.random.default_rng(seed)
    values = []
    for weight in model.weights:
        value = random.normal(size=weight.shape) * 0.5
        if "variance" in weight.path:
            value = np.abs(value) + 0.5
        values.append(value.astype(np.asarray(weight).dtype))
    for weight, value in zip(model.weights, values, strict=True):
        weight.assign(value)
    return model


def sequential(*layers: Any, dtype: str = "float32", shape: tuple[Any, ...] = (T, D)) -> Any:
    return drawn(keras.Sequential([keras.Input(shape, dtype=dtype), *layers]))


def inputs(dtype: str = "float32", seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=(T, D)).astype(dtype)


def padded(dtype: str = "float32") -> Array:
    xs = inputs(dtype)
    xs[[0, 3, T - 1]] = 0
    return xs


def save(model: Any, path: Path) -> Path:
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        model.save(path)
    return path


def predicted(model: Any, xs: Array) -> Array:
    made: Array = keras.ops.convert_to_numpy(model(xs[None], training=False))
    return np.asarray(made[0])


def close(actual: Any, expected: Any, dtype: str = "float32") -> None:
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE[dtype])


def check(model: Any, path: Path, xs: Array, dtype: str = "float32", **said: Any) -> rnnstep.Model:
    """The prediction, or every timestep of it."""
    loaded = rnnstep.load_model(save(model, path), **said)
    outputs = np.stack([step.output for step in rnnstep.steps(loaded, xs)])
    expected = predicted(model, xs)
    assert outputs.dtype == dtype
    close(outputs if expected.ndim == 2 else outputs[-1], expected, dtype)
    return loaded


KINDS: dict[str, Callable[..., Any]] = {
    "SimpleRNN": L.SimpleRNN,
    "GRU": L.GRU,
    "GRU before": lambda *a, **k: L.GRU(*a, reset_after=False, **k),
    "LSTM": L.LSTM,
}
ACTIVATIONS = ["tanh", "relu", "sigmoid", "linear", "hard_sigmoid", "elu", "softsign", "softmax"]
WRITTEN = ["exponential", "relu6", "silu", "leaky_relu", "selu", "mish", "softplus"]


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("activation", ACTIVATIONS + WRITTEN)
@pytest.mark.parametrize("kind", KINDS)
def test_activations(tmp_path: Path, kind: str, activation: str, ending: str) -> None:
    gates = {} if kind == "SimpleRNN" else {"recurrent_activation": "hard_sigmoid"}
    layer = KINDS[kind](H, activation=activation, return_sequences=True, **gates)
    # what grows without bound has no tolerance that means anything
    xs = inputs() * (0.2 if activation in ("exponential", "leaky_relu", "softplus") else 1)
    model = sequential(layer)
    model.set_weights([w * 0.3 for w in model.get_weights()])
    check(model, tmp_path / f"m{ending}", xs)


DIRECTIONS = ["forward", "backward", "concat", "sum", "mul", "ave"]
DTYPES = ["float32", "float64"]


def directed(kind: str, direction: str, every: bool, **more: Any) -> Any:
    own: dict[str, Any] = {"return_sequences": every, **more}
    if direction in ("forward", "backward"):
        return KINDS[kind](H, go_backwards=direction == "backward", **own)
    return L.Bidirectional(KINDS[kind](H, **own), merge_mode=direction)


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_directions(
    tmp_path: Path, kind: str, direction: str, every: bool, masked: bool, ending: str
) -> None:
    layer = directed(kind, direction, every)
    model = sequential(*([L.Masking()] if masked else []), layer)
    xs = padded()
    loaded = rnnstep.load_model(save(model, tmp_path / f"m{ending}"))
    outputs = np.stack([step.output for step in rnnstep.steps(loaded, xs)])
    expected = predicted(model, xs)
    if direction == "backward":
        # Keras' order of time, and its last timestep, which is the first
        close(outputs[::-1] if every else outputs[0], expected)
    else:
        close(outputs if every else outputs[-1], expected)


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("ending", WHOLE)
def test_float64(tmp_path: Path, kind: str, direction: str, ending: str) -> None:
    """The others go through Keras' generic loop, no more exact than float32 on this backend."""
    keras.config.set_dtype_policy("float64")
    try:
        layers = [directed(kind, direction, True), L.Dropout(0.1), directed(kind, direction, True)]
        model = sequential(*layers, dtype="float64")
    finally:
        keras.config.set_dtype_policy("float32")
    loaded = rnnstep.load_model(save(model, tmp_path / f"m{ending}"))
    outputs = np.stack([step.output for step in rnnstep.steps(loaded, inputs("float64"))])
    close(outputs, predicted(model, inputs("float64")), "float64")


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize(
    "directions", list(itertools.product(["forward", "backward", "concat"], repeat=3))
)
def test_layers_above_layers_that_run_backwards(
    tmp_path: Path, directions: Sequence[str], ending: str
) -> None:
    layers = [directed("LSTM", d, i < 2) for i, d in enumerate(directions)]
    check(sequential(*layers, L.Dense(2)), tmp_path / f"m{ending}", inputs())


SETTINGS = [
    {"use_bias": False},
    {"use_bias": False, "activation": "relu"},
    {"dropout": 0.3, "recurrent_dropout": 0.2},
    {"unroll": True},
    {"unit_forget_bias": False},
]


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_settings(tmp_path: Path, kind: str, settings: dict[str, Any], ending: str) -> None:
    if "unit_forget_bias" in settings and kind != "LSTM":
        settings = {"use_bias": True}
    check(sequential(KINDS[kind](H, **settings)), tmp_path / f"m{ending}", inputs())


def cells() -> dict[str, Callable[[], Any]]:
    made: dict[str, Callable[[], Any]] = {
        "SimpleRNN": lambda: L.SimpleRNNCell(H),
        "GRU": lambda: L.GRUCell(H),
        "GRU before": lambda: L.GRUCell(H, reset_after=False),
        "LSTM": lambda: L.LSTMCell(H),
        "two": lambda: [L.LSTMCell(4), L.LSTMCell(H)],
        "three": lambda: L.StackedRNNCells([L.GRUCell(4), L.LSTMCell(2), L.SimpleRNNCell(H)]),
    }
    return made


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("direction", ["forward", "backward", "concat", "sum"])
@pytest.mark.parametrize("cell", cells())
def test_cells(tmp_path: Path, cell: str, direction: str, masked: bool, ending: str) -> None:
    layer = L.RNN(cells()[cell](), return_sequences=True, go_backwards=direction == "backward")
    if direction in ("concat", "sum"):
        layer = L.Bidirectional(layer, merge_mode=direction)
    model = sequential(*([L.Masking()] if masked else []), layer)
    loaded = rnnstep.load_model(save(model, tmp_path / f"m{ending}"))
    outputs = np.stack([step.output for step in rnnstep.steps(loaded, padded())])
    expected = predicted(model, padded())
    close(outputs[::-1] if direction == "backward" else outputs, expected)


def heads() -> dict[str, list[Any]]:
    return {
        "dense": [L.Dense(4, activation="relu"), L.Dense(2, activation="softmax")],
        "no bias": [L.Dense(4, use_bias=False)],
        "each": [L.TimeDistributed(L.Dense(4, activation="tanh")), L.Softmax()],
        "each norm": [L.TimeDistributed(L.LayerNormalization()), L.ReLU()],
        "relu6": [L.ReLU(max_value=6.0), L.ELU()],
        "layer norm": [L.LayerNormalization(epsilon=1e-5)],
        "bare norm": [L.LayerNormalization(center=False, scale=False)],
        "batch norm": [L.BatchNormalization(scale=False), L.Activation("sigmoid")],
        "bare batch norm": [L.BatchNormalization(center=False, scale=False)],
        "dropped": [
            L.Dropout(0.5),
            L.SpatialDropout1D(0.5),
            L.GaussianNoise(0.1),
            L.GaussianDropout(0.3),
            L.ActivityRegularization(0.1),
            L.Dense(3),
        ],
        "nested": [
            keras.Sequential([keras.Input((T, H)), L.GRU(4, return_sequences=True), L.Dense(3)]),
            keras.Sequential([keras.Input((T, 3)), L.GRU(2, return_sequences=True), L.Dense(4)]),
        ],
    }


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("head", list(heads()))
def test_heads(tmp_path: Path, head: str, ending: str) -> None:
    layers = [L.GRU(H, return_sequences=True), *heads()[head]]
    check(sequential(*layers), tmp_path / f"m{ending}", inputs())


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_embedding(tmp_path: Path, kind: str, direction: str, mask: bool, ending: str) -> None:
    layers = [L.Embedding(9, 4, mask_zero=mask), directed(kind, direction, False), L.Dense(2)]
    model = sequential(*layers, shape=(None,))
    ids = np.array([0, 3, 8, 0, 1, 5, 0], np.int32)
    check(model, tmp_path / f"m{ending}", ids)


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_masks_reach_the_second_layer(tmp_path: Path, direction: str, ending: str) -> None:
    layers = [directed("LSTM", direction, True), L.Dropout(0.1), L.Dense(4), L.GRU(3)]
    if direction == "backward":
        # its mask is in the other order then: said, not followed
        layers[-1:] = [L.Dense(3)]
        model = sequential(L.Masking(mask_value=0.0), *layers)
        loaded = rnnstep.load_model(save(model, tmp_path / f"m{ending}"))
        outputs = np.stack([step.output for step in rnnstep.steps(loaded, padded())])
        close(outputs[::-1], predicted(model, padded()))
        return
    check(sequential(L.Masking(mask_value=0.0), *layers), tmp_path / f"m{ending}", padded())


def functional(name: str) -> Any:
    """Models with branches."""
    x = keras.Input((T, D), name="x")
    if name == "linear":
        y = L.Dense(2)(L.GRU(H)(L.Dropout(0.1)(x)))
    elif name in ("concatenate", "add", "multiply", "average"):
        merge = getattr(L, name.capitalize())()
        y = merge([L.LSTM(H, return_sequences=True)(x), L.GRU(H, return_sequences=True)(x)])
        y = L.GRU(2)(y)
    elif name == "three":
        parts = [L.GRU(H)(x), L.LSTM(H, go_backwards=True)(x), L.SimpleRNN(H)(x)]
        y = L.Dense(2)(L.Concatenate()([L.Add()(parts), *parts]))
    elif name == "residual":
        y = L.Dense(H)(x)
        y = L.Add()([y, L.Bidirectional(L.LSTM(H, return_sequences=True), merge_mode="sum")(y)])
        y = L.LayerNormalization()(y)
    elif name == "halves":
        f, b = L.Bidirectional(L.GRU(H, return_sequences=True), merge_mode=None)(x)
        y = L.Concatenate()([b, f])
    elif name == "states":
        _, h, c = L.LSTM(H, return_sequences=True, return_state=True, go_backwards=True)(x)
        y = L.Dense(2)(L.Concatenate()([h, c]))
    elif name == "shared":
        dense = L.Dense(H)
        y = L.Concatenate()([L.GRU(H)(dense(x)), L.GRU(H)(dense(L.Activation("tanh")(x)))])
    elif name == "nested":
        inner = keras.Input((T, D))
        model = keras.Model(inner, L.Dense(4)(L.GRU(H, return_sequences=True)(inner)))
        y = L.LSTM(3)(model(x))
    else:
        encoded = L.LSTM(H)(x)
        y = L.Dense(2)(L.GRU(4, return_sequences=True)(L.RepeatVector(T)(encoded)))
    return drawn(keras.Model(x, y))


FUNCTIONAL = [
    "linear", "concatenate", "add", "multiply", "average", "three", "residual", "halves",
    "states", "shared", "nested", "encoder",
]  # fmt: skip


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("name", FUNCTIONAL)
def test_functional(tmp_path: Path, name: str, ending: str) -> None:
    check(functional(name), tmp_path / f"m{ending}", inputs())


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("direction", ["forward", "concat"])
@pytest.mark.parametrize("kind", KINDS)
def test_initial_states(tmp_path: Path, kind: str, direction: str, ending: str) -> None:
    layer = directed(kind, direction, True)
    model = sequential(layer)
    loaded = rnnstep.load_model(save(model, tmp_path / f"m{ending}"))
    random = np.random.default_rng(4)
    states = {name: random.normal(size=H).astype("f4") for name in loaded.state_names}
    given = [keras.ops.convert_to_tensor(value[None]) for value in states.values()]
    expected = layer(keras.ops.convert_to_tensor(inputs()[None]), initial_state=given)
    outputs = [step.output for step in rnnstep.steps(loaded, inputs(), states)]
    close(outputs, keras.ops.convert_to_numpy(expected)[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("direction", ["forward", "concat"])
def test_weights_alone(tmp_path: Path, kind: str, direction: str) -> None:
    """No description: the layers by names and shapes, in an order in which they fit."""
    layers = [
        directed(kind, direction, True),
        L.LayerNormalization(),
        KINDS[kind](4, return_sequences=True),
        L.Dense(2),
    ]
    loaded = check(sequential(*layers), tmp_path / "m.weights.h5", inputs())
    assert any("order of the layers" in note.text for note in loaded.notes)


@pytest.mark.parametrize("form", ["archive", "weights", "listed"])
def test_every_tensor_is_used(tmp_path: Path, form: str) -> None:
    model = sequential(
        L.Dense(4), L.Bidirectional(L.LSTM(H, return_sequences=True)), L.BatchNormalization(),
        L.RNN([L.GRUCell(3), L.LSTMCell(2)]), L.Dense(2),
    )  # fmt: skip
    ending = {"archive": ".keras", "weights": ".weights.h5", "listed": ".h5"}[form]
    if form == "weights":
        model = sequential(L.Bidirectional(L.LSTM(H, return_sequences=True)), L.Dense(2))
    path = save(model, tmp_path / f"m{ending}")
    from rnnstep.weights import make_request, open_weights

    opened = open_weights(path, make_request())
    assert opened.unused == ()
    roles = [name for plan in opened.blueprint.plans for name in plan.used]
    assert len(roles) == len(set(roles)) == len(model.weights)


def test_shapes_are_those_that_keras_states(tmp_path: Path) -> None:
    from rnnstep.weights import make_request, open_weights

    model = sequential(L.Bidirectional(L.LSTM(H)), L.Dense(2), shape=(250, 32))
    opened = open_weights(save(model, tmp_path / "m.keras"), make_request())
    assert opened.blueprint.shapes[model.layers[0].name] == (f"(None, 250, 32) → (None, {2 * H})")
    assert opened.blueprint.shapes[model.layers[1].name] == f"(None, {2 * H}) → (None, 2)"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_stack(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, 3))
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=depth + 1, max_size=depth + 1))
    t = data.draw(st.integers(2, 9))
    layers: list[Any] = [L.Masking()] if data.draw(st.booleans()) else []
    for units in sizes[1:]:
        kind = data.draw(st.sampled_from(sorted(KINDS)))
        layer = KINDS[kind](units, return_sequences=True, use_bias=data.draw(st.booleans()))
        merge = data.draw(st.sampled_from([None, "concat", "sum", "mul", "ave"]))
        layers.append(L.Bidirectional(layer, merge_mode=merge) if merge else layer)
        layers += [L.Dense(units)] if data.draw(st.booleans()) else []
    model = sequential(*layers, shape=(t, sizes[0]))
    xs = np.random.default_rng(t).normal(size=(t, sizes[0])).astype("f4")
    xs[data.draw(st.lists(st.integers(0, t - 1), max_size=3))] = 0
    ending = data.draw(st.sampled_from(WHOLE))
    check(model, tmp_path_factory.mktemp("stack") / f"m{ending}", xs)


def test_hard_sigmoid_is_that_of_the_version(tmp_path: Path) -> None:
    model = sequential(L.LSTM(H, recurrent_activation="hard_sigmoid"))
    path = save(model, tmp_path / "m.h5")
    assert rnnstep.load_model(path).layers[0].cell.options["recurrent_activation"] == "hard_sigmoid"
    with h5py.File(path, "r+") as file:
        for group in (file, file["model_weights"]):
            group.attrs["keras_version"] = "2.2.4"
    loaded = rnnstep.load_model(path)
    assert loaded.layers[0].cell.options["recurrent_activation"] == "hard_sigmoid_keras2"
    assert any("0.2 x + 0.5, as in Keras 2.2.4" in note.text for note in loaded.notes)


# Files of Keras 1 and 2, made as those versions lay them out, of weights that Keras 3 runs.


def legacy(
    path: Path, layers: list[tuple[dict[str, Any], list[tuple[str, Array]]]], version: str
) -> Path:
    """A sequential model's file: each layer's config and its list of weights."""
    with h5py.File(path, "w") as file:
        config = [{"class_name": c.pop("class_name"), "config": c} for c, _ in layers]
        whole = {"class_name": "Sequential", "config": config}
        file.attrs["model_config"] = json.dumps(whole).encode()
        group = file.create_group("model_weights")
        if version:
            file.attrs["keras_version"] = group.attrs["keras_version"] = version.encode()
        group.attrs["layer_names"] = [c["name"].encode() for c, _ in layers]
        for c, weights in layers:
            own = group.create_group(c["name"])
            own.attrs["weight_names"] = [name.encode() for name, _ in weights]
            for name, array in weights:
                own[name] = array
    return path


FIRST = {"SimpleRNN": [""], "GRU": ["_z", "_r", "_h"], "LSTM": ["_i", "_f", "_c", "_o"]}
WRITTEN_AS = {"SimpleRNN": [0], "GRU": [0, 1, 2], "LSTM": [0, 2, 1, 3]}


def keras1(kind: str, name: str, weights: list[Array]) -> list[tuple[str, Array]]:
    """The weights as Keras 1 keeps them: gate by gate, the LSTM's candidate before its forget."""
    gates = FIRST[kind]
    parts = [np.split(w, len(gates), axis=-1) for w in weights]
    return [
        (f"{name}_{letter}{gates[g]}", part[g])
        for g in WRITTEN_AS[kind]
        for letter, part in zip("WUb", parts, strict=True)
    ]


def lstm_like(kind: str, **more: Any) -> Any:
    own: dict[str, Any] = {"return_sequences": True, **more}
    if kind == "GRU":
        own["reset_after"] = False
    return getattr(L, kind)(H, **own)


@pytest.mark.parametrize("kind", FIRST)
@pytest.mark.parametrize("direction", ["forward", "concat", "sum"])
@pytest.mark.parametrize("stacked", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_keras_1(tmp_path: Path, kind: str, direction: str, stacked: bool, whole: bool) -> None:
    layer = lstm_like(kind)
    both = direction != "forward"
    model = sequential(L.Bidirectional(layer, merge_mode=direction) if both else layer, L.Dense(2))
    layers = (
        [layer] if not both else [model.layers[0].forward_layer, model.layers[0].backward_layer]
    )
    names = ["rnn_1"] if not both else ["forward_rnn_1", "backward_rnn_1"]
    held: list[tuple[str, Array]] = []
    for own, name in zip(layers, names, strict=True):
        values = own.get_weights()
        as_one = [(f"{name}_{letter}", v) for letter, v in zip("WUb", values, strict=True)]
        held += as_one if stacked else keras1(kind, name, values)
    config: dict[str, Any] = {
        "class_name": kind, "name": "rnn_1", "output_dim": H, "activation": "tanh",
        "inner_activation": "sigmoid", "return_sequences": True,
    }  # fmt: skip
    if both:
        inner = {"class_name": kind, "config": {k: v for k, v in config.items() if k[:2] != "cl"}}
        config = {"class_name": "Bidirectional", "name": "both_1", "merge_mode": direction,
                  "layer": inner}  # fmt: skip
    dense = {"class_name": "TimeDistributedDense", "name": "dense_1", "activation": "linear"}
    kernel, bias = model.layers[1].get_weights()
    top = [("dense_1_W", kernel), ("dense_1_b", bias)]
    path = legacy(tmp_path / "m.hdf5", [(config, held), (dense, top)], "")
    if not whole:
        with h5py.File(path, "r+") as file:
            del file.attrs["model_config"]
    said = {} if whole or kind == "SimpleRNN" else {"recurrent_activation": "sigmoid"}
    loaded = rnnstep.load_model(path, **said)
    outputs = [step.output for step in rnnstep.steps(loaded, inputs())]
    close(outputs, predicted(model, inputs()))
    assert not any("not used" in note.text for note in loaded.notes)


def cudnn(kind: str, weights: list[Array]) -> list[Array]:
    """Keras 2's own change of layout, hdf5_format.py: _convert_rnn_weights, from_cudnn=False."""
    gates = 4 if kind == "LSTM" else 3
    kernel, recurrent, bias = weights

    def turned(k: Array) -> Array:
        return k.T.reshape(k.shape, order="C")

    kernels = np.hstack([turned(k) for k in np.hsplit(kernel, gates)])
    recurrents = np.hstack([k.T for k in np.hsplit(recurrent, gates)])
    biases = np.tile(0.5 * bias, 2) if kind == "LSTM" else bias.reshape(-1)
    return [kernels, recurrents, biases]


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_cudnn_layers_of_keras_2(tmp_path: Path, kind: str, both: bool, whole: bool) -> None:
    layer = getattr(L, kind)(H, return_sequences=True)
    model = sequential(L.Bidirectional(layer) if both else layer)
    own = model.layers[0]
    halves = [own.forward_layer, own.backward_layer] if both else [own]
    prefixes = ["both/forward_rnn", "both/backward_rnn"] if both else ["rnn"]
    names = ("kernel:0", "recurrent_kernel:0", "bias:0")
    held = [
        (f"{prefix}/{name}", value)
        for prefix, half in zip(prefixes, halves, strict=True)
        for name, value in zip(names, cudnn(kind, half.get_weights()), strict=True)
    ]
    config: dict[str, Any] = {"class_name": f"CuDNN{kind}", "name": "rnn", "units": H,
                              "return_sequences": True}  # fmt: skip
    if both:
        inner = {"class_name": f"CuDNN{kind}", "config": {"units": H, "return_sequences": True}}
        config = {"class_name": "Bidirectional", "name": "both", "layer": inner}
    path = legacy(tmp_path / "m.h5", [(config, held)], "2.2.4")
    if not whole:
        with h5py.File(path, "r+") as file:
            del file.attrs["model_config"]
    said = {} if whole else {"recurrent_activation": "sigmoid"}
    outputs = [s.output for s in rnnstep.steps(rnnstep.load_model(path, **said), inputs())]
    close(outputs, predicted(model, inputs()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", ["2.2.4", "2.4.0", "2.13.1"])
@pytest.mark.parametrize("both", [False, True])
def test_keras_2(tmp_path: Path, kind: str, version: str, both: bool) -> None:
    layer = KINDS[kind](H, return_sequences=True)
    model = sequential(
        L.Bidirectional(layer) if both else layer, L.BatchNormalization(), L.Dense(2)
    )
    own = model.layers[0]
    halves = [own.forward_layer, own.backward_layer] if both else [own]
    inside = "" if version.startswith("2.2") else "/cell_1"
    prefixes = ["r/forward_r", "r/backward_r"] if both else ["r"]
    held = [
        (f"{prefix}{inside}/{name}:0", value)
        for prefix, half in zip(prefixes, halves, strict=True)
        for name, value in zip(
            ("kernel", "recurrent_kernel", "bias"), half.get_weights(), strict=True
        )
    ]
    config: dict[str, Any] = {
        "name": "r", "units": H, "activation": "tanh", "recurrent_activation": "sigmoid",
        "use_bias": True, "return_sequences": True, "batch_input_shape": [None, T, D],
    }  # fmt: skip
    if kind.startswith("GRU"):
        config["reset_after"] = kind == "GRU"
    name = kind.split(" ", maxsplit=1)[0]
    if both:
        config = {"name": "r", "merge_mode": "concat", "layer": {"class_name": name,
                                                                 "config": config}}  # fmt: skip
        name = "Bidirectional"
    norm_names = ("gamma", "beta", "moving_mean", "moving_variance")
    norm = list(zip(norm_names, model.layers[1].get_weights(), strict=True))
    dense = list(zip(("kernel", "bias"), model.layers[2].get_weights(), strict=True))
    layers: list[tuple[dict[str, Any], list[tuple[str, Array]]]] = [
        ({"class_name": name, **config}, held),
        ({"class_name": "BatchNormalization", "name": "n", "axis": [2], "epsilon": 0.001},
         [(f"n/{k}:0", v) for k, v in norm]),
        ({"class_name": "TimeDistributed", "name": "d",
          "layer": {"class_name": "Dense", "config": {"activation": "linear"}}},
         [(f"d/{k}:0", v) for k, v in dense]),
    ]  # fmt: skip
    loaded = rnnstep.load_model(legacy(tmp_path / "m.h5", layers, version))
    outputs = [step.output for step in rnnstep.steps(loaded, inputs())]
    close(outputs, predicted(model, inputs()))

"""Keras files made by hand, without Keras: hostile, damaged and unusual ones."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstep import InputError, Model, load_model, steps
from rnnstep.weights import make_request, open_weights

h5py = pytest.importorskip("h5py")

Array = np.ndarray[Any, Any]

D, H = 3, 4
VERSION = "3.8.0"


def random(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype("f4")


def lstm(name: str = "lstm", **config: Any) -> dict[str, Any]:
    said = {"name": name, "units": H, "activation": "tanh", "recurrent_activation": "sigmoid"}
    return {"class_name": "LSTM", "config": {**said, "return_sequences": True, **config}}


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


START = layer("InputLayer", "x", batch_shape=[None, None, D])
HEAD = layer("Dense", "dense", units=2, activation="linear")
WEIGHTS: dict[str, Array] = {
    "layers/lstm/cell/vars/0": random(D, 4 * H, seed=1),
    "layers/lstm/cell/vars/1": random(H, 4 * H, seed=2),
    "layers/lstm/cell/vars/2": random(4 * H, seed=3),
    "layers/dense/vars/0": random(H, 2, seed=4),
    "layers/dense/vars/1": random(2, seed=5),
}


def config_of(*layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [*layers]}, **more}


def hdf5(weights: dict[str, Array]) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, array in weights.items():
            file[name] = array
    return stream.getvalue()


def archive(
    path: Path, config: Any, weights: dict[str, Array] | None = None, version: str = VERSION
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        text = config if isinstance(config, str) else json.dumps(config)
        file.writestr("config.json", text)
        file.writestr("metadata.json", json.dumps({"keras_version": version}))
        file.writestr("model.weights.h5", hdf5(WEIGHTS if weights is None else weights))
    return path


def opened(tmp_path: Path, *layers: dict[str, Any], weights: dict[str, Array] | None = None) -> Any:
    path = archive(tmp_path / "m.keras", config_of(START, *layers), weights)
    return open_weights(path, make_request())


def texts(model: Model) -> str:
    return "\n".join(str(note) for note in model.notes)


def refused(path: Path, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        load_model(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_an_archive_by_its_formulas(tmp_path: Path) -> None:
    xs = random(6, D, seed=9)
    model = opened(tmp_path, lstm(), HEAD).model
    kernel, recurrent, bias, W, b = WEIGHTS.values()
    h = c = np.zeros(H)
    for step, x in zip(steps(model, xs), xs, strict=True):
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        np.testing.assert_allclose(step.output, h @ W + b, rtol=0, atol=1e-5)
    assert opened(tmp_path, lstm(), HEAD).unused == ()


def test_the_file_says_its_shapes(tmp_path: Path) -> None:
    shapes = opened(tmp_path, lstm(return_sequences=False), HEAD).blueprint.shapes
    assert shapes == {"lstm": "(None, None, 3) → (None, 4)", "dense": "(None, 4) → (None, 2)"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stateful": True}, "stateful"),
        ({"go_backwards": True}, "in real time"),
        ({"recurrent_activation": "hard_sigmoid"}, "x / 6"),
        ({"activation": "silu"}, "x * sigmoid"),
    ],
)
def test_what_is_said_of_a_layer(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    assert told in texts(opened(tmp_path, lstm(**change), HEAD).model)


CUSTOM = {"module": "os", "class_name": "function", "config": "system", "registered_name": "x"}


@pytest.mark.parametrize("function", ["gelu", "log_softmax", CUSTOM, {"class_name": "Lambda"}, 7])
def test_a_function_that_rnnstep_lacks(tmp_path: Path, function: Any) -> None:
    dense = layer("Dense", "dense", activation=function)
    model = opened(tmp_path, lstm(), dense).model
    assert [x.name for x in model.layers] == ["lstm"]
    assert "Dense 'dense' (rnnstep has no activation" in texts(model)
    path = archive(tmp_path / "only.keras", config_of(START, lstm(activation=function)))
    refused(path, "no layer that rnnstep runs; not run: LSTM 'lstm'")
    assert load_model(path, activation="relu").layers[0].cell.options["activation"] == "relu"


def test_quantized_weights_are_not_run(tmp_path: Path) -> None:
    kernel = np.ones((H, 2), "i1")
    weights = {**WEIGHTS, "layers/dense/vars/0": kernel, "layers/dense/vars/2": random(2)}
    model = opened(tmp_path, lstm(), HEAD, weights=weights).model
    assert [x.name for x in model.layers] == ["lstm"]
    assert "Dense 'dense' (its weights are quantized: int8)" in texts(model)


def test_mixed_precision_is_said(tmp_path: Path) -> None:
    policy = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    assert "computes in mixed_float16" in texts(opened(tmp_path, lstm(dtype=policy), HEAD).model)


@pytest.mark.parametrize("kind", ["Conv1D", "Lambda", "os.system", "__import__", "Reshape"])
def test_layers_before_that_are_not_run(tmp_path: Path, kind: str) -> None:
    embedding = layer("Embedding", "embedding", input_dim=5)
    weights = {**WEIGHTS, "layers/embedding/vars/0": random(5, 2)}
    found = opened(tmp_path, embedding, layer(kind, "odd"), lstm(), HEAD, weights=weights)
    assert [x.name for x in found.model.layers] == ["lstm", "dense"]
    assert "'lstm' reads the sequence in their place" in texts(found.model)
    assert f"{kind} 'odd'" in texts(found.model)
    assert found.unused == ("layers/embedding/vars/0",)


@pytest.mark.parametrize("kind", ["Flatten", "GlobalMaxPooling1D", "Attention"])
def test_layers_after_that_are_not_run(tmp_path: Path, kind: str) -> None:
    model = opened(tmp_path, lstm(), layer(kind, "odd"), HEAD).model
    assert [x.name for x in model.layers] == ["lstm"]
    assert f"{kind} 'odd'" in texts(model)
    assert "Dense 'dense' (reads 'odd')" in texts(model)


def test_a_function_graph_that_reads_itself_or_nothing(tmp_path: Path) -> None:
    for reads in ("lstm", "nowhere", "dense"):
        layers = [
            {**START, "name": "x", "inbound_nodes": []},
            {**lstm(), "name": "lstm", "inbound_nodes": [[[reads, 0, 0, {}]]]},
            {**HEAD, "name": "dense", "inbound_nodes": [[["lstm", 0, 0, {}]]]},
        ]
        inner = {
            "layers": layers,
            "input_layers": [["x", 0, 0]],
            "output_layers": [["dense", 0, 0]],
        }
        path = archive(tmp_path / "m.keras", {"class_name": "Functional", "config": inner})
        refused(path, "no layer that rnnstep runs")


def test_two_inputs(tmp_path: Path) -> None:
    other = layer("InputLayer", "other", batch_shape=[None, 2])
    layers = [
        {**other, "name": "other", "inbound_nodes": []},
        {**START, "name": "x", "inbound_nodes": []},
        {**lstm(), "name": "lstm", "inbound_nodes": [[["x", 0, 0, {}]]]},
        {**layer("Concatenate", "c"), "name": "c",
         "inbound_nodes": [[["lstm", 0, 0, {}], ["other", 0, 0, {}]]]},
        {**HEAD, "name": "dense", "inbound_nodes": [[["c", 0, 0, {}]]]},
    ]  # fmt: skip
    inner = {"layers": layers, "input_layers": [["other", 0, 0], ["x", 0, 0]],
             "output_layers": [["dense", 0, 0]]}  # fmt: skip
    path = archive(tmp_path / "m.keras", {"class_name": "Functional", "config": inner})
    model = load_model(path)
    assert [x.name for x in model.layers] == ["lstm"]
    assert "the sequence is the input 'x' of 2" in texts(model)
    assert "Concatenate 'c' (reads 'other', another input)" in texts(model)


def test_a_class_of_its_own_is_read_by_its_weights(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", {"class_name": "MyModel", "config": {"units": 4}})
    model = load_model(path)
    assert [x.cell.name for x in model.layers] == ["LSTM", "Dense"]
    assert "MyModel is a class of its own" in texts(model)


def test_training_state_is_counted_apart(tmp_path: Path) -> None:
    weights = {**WEIGHTS, "optimizer/vars/0": random(9), "layers/dropout/seed_generator/vars/0":
               np.array([1, 2], "u4")}  # fmt: skip
    found = opened(tmp_path, lstm(), HEAD, weights=weights)
    assert found.unused == ()
    assert "2 arrays not read" in texts(found.model)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "JSON|deep"),
        ("[" * 80 + "]" * 80, "levels deep"),
        ({}, ""),
        ([], ""),
        ({"class_name": "Sequential", "config": {"layers": [None, 3, "x"]}}, "no layer"),
        ({"class_name": "Functional", "config": {"layers": [START]}}, "no input or no output"),
        (config_of(lstm(), HEAD, HEAD), "'dense': its kernel cannot be found"),
        (config_of(lstm(), lstm("two")), "'two': its kernel and recurrent_kernel cannot be found"),
        (config_of(layer("GRU", "lstm")), "cannot be found|takes"),
    ],
)
def test_configs_that_are_wrong(tmp_path: Path, config: Any, told: str) -> None:
    path = archive(tmp_path / "m.keras", config)
    if told:
        refused(path, told)
    else:
        assert load_model(path).layers


def test_names_with_line_breaks_stay_on_one_line(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", config_of(lstm("a\nb\ud800\x1b[31m"), layer("X\ny", "z")))
    found = load_model(path)
    assert all("\n" not in str(note) and "\x1b" not in str(note) for note in found.notes)
    assert all(name.isprintable() for name in found.value_names)


@pytest.mark.parametrize("missing", ["config.json", "metadata.json", "model.weights.h5"])
def test_an_archive_without_a_member(tmp_path: Path, missing: str) -> None:
    whole = archive(tmp_path / "whole.keras", config_of(lstm()))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "m.keras", "w") as new:
        for name in old.namelist():
            if name != missing:
                new.writestr(name, old.read(name))
    refused(tmp_path / "m.keras", f"no {missing}")


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", config_of(lstm()))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("more", bytes(100 * 2**20))
    refused(path, "zip bomb")


# What an HDF5 file can do.


def made(path: Path, write: Callable[[Any], None]) -> Path:
    with h5py.File(path, "w") as file:
        file["layers/lstm/cell/vars/1"] = WEIGHTS["layers/lstm/cell/vars/1"]
        write(file)
    return path


def test_a_text_that_is_a_list_of_numbers(tmp_path: Path) -> None:
    """Types of variable length that are no texts can take the library down: none is read."""
    path = listed(tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        lists = np.empty(1, object)
        lists[0] = np.ones(3, "f4")
        file["rnn"].attrs.create("weight_names", lists, dtype=h5py.vlen_dtype("f4"))
    refused(path, "'weight_names' is no text")


def test_bfloat16_is_read_as_float32(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        for name, array in WEIGHTS.items():
            raw = (array.view("u4") >> 16).astype("u2")
            file.create_dataset(name, data=raw.view("V2"))
    weight = load_model(path).layers[0].weights["Wx_i"]
    assert weight.dtype == np.float32
    cut = (WEIGHTS["layers/lstm/cell/vars/0"].view("u4") & 0xFFFF0000).view("f4")
    np.testing.assert_array_equal(weight, np.split(cut, 4, 1)[0].T)


def test_a_heap_of_texts_that_never_ends(tmp_path: Path) -> None:
    """The library goes round for ever in free space of no size."""
    path = listed(tmp_path / "m.h5")
    data = bytearray(path.read_bytes())
    place = data.index(b"GCOL") + 16
    while int.from_bytes(data[place : place + 2], "little"):
        place += 16 + -(-int.from_bytes(data[place + 8 : place + 16], "little") // 8) * 8
    data[place + 8 : place + 16] = bytes(8)
    path.write_bytes(data)
    refused(path, "heap of texts")


NAME = "layers/lstm/cell/vars/0"


def soft(file: Any) -> None:
    file[NAME] = h5py.SoftLink("/layers/lstm/cell/vars/1")


def external_link(file: Any) -> None:
    file[NAME] = h5py.ExternalLink("/etc/passwd", "/x")


def cycle(file: Any) -> None:
    file["layers/again"] = file["layers"]


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((2, 8), "f4")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", (2, 8))
    file.create_virtual_dataset(NAME, layout)


def external_storage(file: Any) -> None:
    file.create_dataset(NAME, (2, 8), "f4", external=[("/etc/passwd", 0, 64)])


def terabytes(file: Any) -> None:
    file.create_dataset(NAME, (10**6, 10**6), "f4", chunks=(1000, 1000))


def big_chunk(file: Any) -> None:
    file.create_dataset(NAME, (4, 4), "f4", chunks=(20_000, 20_000), maxshape=(None, None))


def unwritten(file: Any) -> None:
    file.create_dataset(NAME, (20_000, 20_000), "f4", compression="gzip")


def objects(file: Any) -> None:
    file.create_dataset(NAME, (3,), h5py.string_dtype())


def records(file: Any) -> None:
    file[NAME] = np.zeros(3, [("a", "f4"), ("b", "i4")])


def imaginary(file: Any) -> None:
    file[NAME] = np.ones((2, 8)) * 1j


def lzf(file: Any) -> None:
    file.create_dataset(NAME, data=np.zeros((2, 8)), compression="lzf")


def bomb(file: Any) -> None:
    """A chunk that says 32 bytes, and inflates to 300 megabytes."""
    import zlib

    dataset = file.create_dataset(NAME, (2, 4), "f4", chunks=(2, 4), compression="gzip")
    dataset.id.write_direct_chunk((0, 0), zlib.compress(bytes(300 * 2**20), 9))


def many(file: Any) -> None:
    for index in range(200):
        file.create_dataset(f"big/{index}", (2000, 2000), "f4", compression="gzip")


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (soft, "link"), (external_link, "link"), (cycle, "contains itself"),
        (virtual, "other files"), (external_storage, "other files"), (terabytes, "bomb"),
        (big_chunk, "bomb"), (unwritten, "bomb"), (objects, "real numbers"),
        (records, "real numbers"), (imaginary, "real numbers"), (lzf, "without compression"),
        (bomb, "bomb"), (many, "bomb"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside", [False, True])
def test_hostile_hdf5(
    tmp_path: Path, write: Callable[[Any], None], told: str, inside: bool
) -> None:
    path = made(tmp_path / "m.h5", write)
    if inside:
        whole = archive(tmp_path / "m.keras", config_of(lstm()))
        data = path.read_bytes()
        with zipfile.ZipFile(whole, "w") as file:
            file.writestr("config.json", json.dumps(config_of(lstm())))
            file.writestr("metadata.json", "{}")
            file.writestr("model.weights.h5", data)
        path = whole
    refused(path, told)


def test_a_compressed_array_that_is_damaged(tmp_path: Path) -> None:
    path = made(tmp_path / "m.h5", lambda file: file.create_dataset(
        "x", data=np.ones((40, 40), "f4"), compression="gzip"))  # fmt: skip
    data = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        chunk = file["x"].id.get_chunk_info(0)
    data[chunk.byte_offset + chunk.size - 1] ^= 1  # of the checksum
    path.write_bytes(data)
    refused(path, "damaged: Error -3 while decompressing data")


@pytest.mark.parametrize("filters", [{"compression": "gzip"}, {"fletcher32": True}])
def test_a_chunk_of_no_bytes(tmp_path: Path, filters: dict[str, Any]) -> None:
    """HDF5 2.0 crashes on it."""
    path = made(tmp_path / "m.h5", lambda file: file.create_dataset(
        "x", data=np.ones((40, 40), "f4"), chunks=(40, 40), **filters))  # fmt: skip
    data = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        chunk = file["x"].id.get_chunk_info(0)
    # the index of chunks: a size and the filters skipped, before the chunk's place
    place = data.index(chunk.size.to_bytes(4, "little") + bytes(4 + 3 * 8))
    data[place : place + 4] = bytes(4)
    path.write_bytes(data)
    refused(path, "'x': damaged: a chunk has 0 bytes of 6,400")


def test_a_norm_is_as_exact_as_its_weights(tmp_path: Path) -> None:
    """Its epsilon too: Keras keeps it as a number, not in the file's float32."""
    gamma, beta, mean = (random(D, seed=seed).astype("f8") for seed in (1, 2, 3))
    variance, xs = np.array([0.5, 0.01, 3.0]), random(5, D, seed=4).astype("f8")
    weights = {f"layers/layer_normalization/vars/{i}": w for i, w in enumerate((gamma, beta))}
    numbered = enumerate((gamma, beta, mean, variance))
    weights |= {f"layers/batch_normalization/vars/{i}": w for i, w in numbered}
    layers = [layer("LayerNormalization", "a", axis=[-1]), layer("BatchNormalization", "b", axis=2)]
    model = opened(tmp_path, *layers, weights=weights).model
    centred = xs - xs.mean(-1, keepdims=True)
    one = gamma * centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-3) + beta
    two = gamma * (one - mean) / np.sqrt(variance + 1e-3) + beta
    outputs = np.stack([step.output for step in steps(model, xs)])
    np.testing.assert_allclose(outputs, two, rtol=1e-13)


@pytest.mark.parametrize("form", ["gzip", "shuffle", "big endian", "fletcher32", "float16"])
def test_unusual_storage_is_read(tmp_path: Path, form: str) -> None:
    settings: dict[str, dict[str, Any]] = {
        "gzip": {"compression": "gzip"},
        "shuffle": {"compression": "gzip", "shuffle": True},
        "fletcher32": {"compression": "gzip", "fletcher32": True},
        "big endian": {"dtype": ">f4"},
        "float16": {"dtype": "f2"},
    }
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        for name, array in WEIGHTS.items():
            file.create_dataset(name, data=array, **settings[form])
    model = load_model(path)
    expected = np.split(WEIGHTS["layers/lstm/cell/vars/0"].astype(model.dtype), 4, 1)[0].T
    np.testing.assert_array_equal(model.layers[0].weights["Wx_i"], expected)


def test_a_file_that_is_not_of_keras_is_recognised_by_names(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["rnn/w_ih"], file["rnn/w_hh"] = random(3 * H, D), random(3 * H, H)
    assert load_model(tmp_path / "m.h5").layers[0].cell.name == "GRU"


def listed(path: Path, version: bytes = b"2.2.4") -> Path:
    """A file of weights alone, as Keras 2 wrote it."""
    names = ["rnn/kernel:0", "rnn/recurrent_kernel:0", "rnn/bias:0"]
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"], file.attrs["keras_version"] = [b"rnn", b"drop", b"d"], version
        for name, weights in (("rnn", names), ("drop", []), ("d", ["d/kernel:0", "d/bias:0"])):
            file.create_group(name).attrs["weight_names"] = [w.encode() for w in weights]
        for name, array in zip(names, list(WEIGHTS.values())[:3], strict=True):
            file["rnn"][name] = array
        file["d/d/kernel:0"], file["d/d/bias:0"] = list(WEIGHTS.values())[3:]
    return path


def test_weights_alone_of_keras_2(tmp_path: Path) -> None:
    model = load_model(listed(tmp_path / "m.hdf5"))
    assert [(x.name, x.cell.name) for x in model.layers] == [("rnn", "LSTM"), ("d", "Dense")]
    gates = model.layers[0].cell.options["recurrent_activation"]
    assert gates == "hard_sigmoid_keras2"
    assert "hard_sigmoid: the default of Keras 2.2.4" in texts(model)
    modern = load_model(listed(tmp_path / "m.hdf5", b"2.4.0"))
    assert modern.layers[0].cell.options["recurrent_activation"] == "sigmoid"


MUTATIONS = 750
FUZZ = """
    import random, resource, sys
    from pathlib import Path
    from rnnstep import InputError, load_model
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))
    whole, path, count = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]), int(sys.argv[3])
    chosen, ends = random.Random(0), {"read": 0, "refused": 0}
    for _ in range(count):
        damaged = bytearray(whole)
        for _ in range(chosen.randint(1, 8)):
            damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
        path.write_bytes(damaged[: chosen.choice([None, None, chosen.randrange(len(damaged))])])
        try:
            load_model(path)
            ends["read"] += 1
        except InputError as error:
            assert "\\n" not in str(error), error
            ends["refused"] += 1
    print(ends["read"], ends["refused"])
"""


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_damaged_bytes_are_refused_or_read(tmp_path: Path, ending: str) -> None:
    """In a process of its own, whose memory is limited.

    The HDF5 library asks for what a damaged variable-length text claims, up to 4 GiB, before it
    finds that the file has less.
    """
    whole = tmp_path / f"whole{ending}"
    if ending == ".keras":
        archive(whole, config_of(START, lstm(), HEAD))
        with zipfile.ZipFile(whole) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        with zipfile.ZipFile(whole, "w") as new:
            for name, data in parts.items():
                new.writestr(name, data)
    else:
        listed(whole)
    code = textwrap.dedent(FUZZ)
    command = [sys.executable, "-c", code, str(whole), str(tmp_path / f"m{ending}"), str(MUTATIONS)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-600:]
    read, said = map(int, ran.stdout.split())
    assert read + said == MUTATIONS
    assert said > MUTATIONS // 10

"""Weight files that are wrong, hostile or unusual: one line, or the right numbers."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rnnstep import InputError, load_model, load_sequence

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD = {"Wx": np.ones((3, 2)), "Wh": np.eye(3), "b": np.ones(3)}


def saved(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Wh": None}, "no known cell"),
        ({"Wz": np.ones(3)}, "no known cell"),
        ({"Wx": np.ones((2, 4))}, "axis"),
        ({"Wx": np.ones((3, 2)) * 1j}, "complex"),
        ({"Wx": np.array([{}], object)}, "pickle"),
    ],
)
def test_tensors_that_do_not_fit(tmp_path: Path, change: dict[str, object], told: str) -> None:
    arrays = {k: v for k, v in {**GOOD, **change}.items() if v is not None}
    with pytest.raises(InputError, match=told) as caught:
        load_model(saved(tmp_path / "w.npz", **arrays))
    assert "\n" not in str(caught.value)


def test_the_transpose_that_would_fit_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.npz", **{**GOOD, "Wx": np.ones((2, 3))})
    with pytest.raises(InputError, match="transpose of 'Wx' would fit"):
        load_model(path)


def test_a_header_that_claims_terabytes(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("Wx.npy", header.getvalue())
    with pytest.raises(InputError, match="claims"):
        load_model(tmp_path / "w.npz")


def test_a_zip_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Wx.npy", bytes(100 * 2**20))
    with pytest.raises(InputError, match="zip bomb"):
        load_model(tmp_path / "w.npz")


@pytest.mark.parametrize("dtype", [">f4", "<f2", "i4", "f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_unusual_numbers_are_read(tmp_path: Path, dtype: str, order: str) -> None:
    xs = np.arange(12).reshape(4, 3).astype(dtype)
    np.save(tmp_path / "seq.npy", np.asarray(xs, order="F" if order == "F" else "C"))
    assert load_sequence(tmp_path / "seq.npy").tolist() == np.arange(12).reshape(4, 3).tolist()


@pytest.mark.parametrize("name", ["seq.npy", "seq.weights.npz"])
def test_damaged_bytes_are_refused_or_read(tmp_path: Path, name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    chosen = random.Random(0)
    path = tmp_path / name
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chosen.randint(1, 8)):
            damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
        path.write_bytes(damaged[: chosen.choice([None, chosen.randrange(len(damaged))])])
        try:
            load_sequence(path) if name == "seq.npy" else load_model(path)
        except InputError as error:
            assert "\n" not in str(error)


def test_not_finite_weights_are_said(tmp_path: Path) -> None:
    wrong = {**GOOD, "b": np.array([1.0, np.nan, np.inf])}
    notes = load_model(saved(tmp_path / "w.npz", **wrong)).notes
    assert any(note.warning and "'b' holds 2 NaN" in note.text for note in notes)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="'activaton'"):
        load_model(SAMPLES / "seq.weights.npz", activaton="relu")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"gate_order": "i,f,o"}, "--gate-order i,f,o: name"),
        ({"gate_order": "r,z,z"}, "each once"),
        ({"rename": "a"}, "write OLD=NEW"),
        ({"rename": "nothing=W"}, "no tensor 'nothing'; it has Wx, Wh, b"),
        ({"prefix": "dec_"}, "no tensor begins with 'dec_'; it has Wx"),
    ],
)
def test_what_cannot_be_followed_is_said(tmp_path: Path, said: dict[str, str], told: str) -> None:
    path = saved(tmp_path / "w.npz", **GOOD)
    with pytest.raises(InputError, match=told):
        load_model(path, **said)


def test_odd_names_are_read_by_prefix_and_by_renaming(tmp_path: Path) -> None:
    draw = np.random.default_rng(0).normal
    odd = {"enc_w_ih": draw(size=(9, 2)), "enc_w_hh": draw(size=(9, 3)), "enc_b_ih": draw(size=9)}
    path = saved(tmp_path / "w.npz", **odd, table=np.ones((4, 2, 2)))
    by_prefix = load_model(path, prefix="enc_").layers[0]
    renamed = "enc_w_ih=weight_ih_l0,enc_w_hh=weight_hh_l0,enc_b_ih=bias_ih_l0"
    by_renaming = load_model(path, rename=renamed)
    assert any("not used" in note.text and "table" in note.text for note in by_renaming.notes)
    for name, weight in by_prefix.weights.items():
        assert np.array_equal(weight, by_renaming.layers[0].weights[name])
    assert np.array_equal(by_prefix.weights["Wx_r"], odd["enc_w_ih"][:3])


def test_the_order_of_gates_is_followed(tmp_path: Path) -> None:
    kernel = np.arange(24.0).reshape(12, 2)
    path = saved(tmp_path / "w.npz", weight_ih=kernel, weight_hh=np.ones((12, 3)))
    layer = load_model(path, gate_order="i,o,f,c").layers[0]
    assert [layer.weights[f"Wx_{gate}"][0, 0] for gate in "iofg"] == [0, 6, 12, 18]


def test_square_kernels_follow_the_names_and_that_is_said(tmp_path: Path) -> None:
    kernel = np.arange(9.0).reshape(3, 3)
    for name, turned in (("w_ih", kernel), ("W", kernel.T)):
        other = {"w_ih": "w_hh", "W": "U"}[name]
        model = load_model(saved(tmp_path / "w.npz", **{name: kernel, other: np.eye(3)}))
        assert np.array_equal(model.layers[0].weights["Wx"], turned)
        assert any("square" in note.text for note in model.notes)

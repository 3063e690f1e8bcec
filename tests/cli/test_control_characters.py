"""Names and labels from files cannot drive the terminal, whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnstep import load_cell, load_model, open_session
from rnnstep.labels import Labels
from rnnstep.notes import Note, printable
from tests.cli.bad import GOOD, WEIGHTS, Capture
from tests.cli.test_command import ADDITION, run

HOSTILE = "\x1b[2J\n\r\x07\x9b31m\u202e"
SHOWN = "␛[2J␊␍␇�31m�"


def harmless(text: str) -> bool:
    return all(sign == "\n" or printable(sign) == sign for sign in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("a\tb\0\x7f", "a␉b␀␡"),
        ("\ud800 \u2028", "� �"),
        ("Wh·hₜ₋₁ 漢字 🙂 \u200dé\xa0", "Wh·hₜ₋₁ 漢字 🙂 \u200dé\xa0"),
    ],
)
def test_what_is_no_text_becomes_one_sign(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert len(shown) == len(text)


def test_labels(tmp_path: Path, capsys: Capture) -> None:
    np.save(tmp_path / "seq.npy", np.zeros((3, 2)))
    path = tmp_path / "seq.labels.json"
    path.write_text(json.dumps({"title": HOSTILE, "timesteps": [HOSTILE], "units": ["\ud800"]}))
    labels = Labels.read(path)
    assert (labels.title, labels.timesteps, labels.units) == (SHOWN, (SHOWN,), ("�",))
    assert run("print", str(tmp_path / "seq.npy"), "--weights", WEIGHTS) == 0
    said = capsys.readouterr().out
    assert f"t 0 / 2  {SHOWN}\n" in said
    assert harmless(said)


def test_names_of_tensors(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "w.safetensors"
    save_file({f"{HOSTILE}/{name}": array for name, array in GOOD.items()}, path)
    assert [layer.name for layer in load_model(path).layers] == [SHOWN]
    assert run("print", ADDITION, "--weights", str(path)) == 0
    said = capsys.readouterr().out
    assert SHOWN in said
    assert harmless(said)


def test_names_of_tensors_that_would_look_the_same(tmp_path: Path, capsys: Capture) -> None:
    save_file({"a\x1b": np.ones(2), "a␛": np.ones(2)}, tmp_path / "w.safetensors")
    assert run("print", ADDITION, "--weights", str(tmp_path / "w.safetensors")) == 2
    assert "differ in control characters alone" in capsys.readouterr().err


def test_names_of_layers_that_a_file_describes(tmp_path: Path, capsys: Capture) -> None:
    model = json.dumps({"layers": [{"name": HOSTILE, "cell": "SimpleRNN"}]})
    weights: dict[str, Any] = {**GOOD, "model": np.array(model)}
    np.savez(tmp_path / "w.npz", **weights)
    session = open_session(ADDITION, weights=tmp_path / "w.npz")
    assert session.trace.model.layers[0].name == SHOWN
    assert run("print", ADDITION, "--weights", str(tmp_path / "w.npz")) == 0
    assert harmless(capsys.readouterr().out)


def test_the_words_of_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "my\x1bcell.txt"
    text = "# a \x1b[2J cell\ninput x_t: input\nweight W: hidden, input\nh = W @ x_t  # \x07ring\n"
    path.write_text(text)
    cell = load_cell(path)
    assert (cell.name, cell.summary) == ("my␛cell", "a ␛[2J cell")
    assert cell.equations[0].comment == "␇ring"


def test_names_of_files(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "\x1b[2J\x9bfolder"
    folder.mkdir()
    sequence, weights = folder / "s\neq.npy", folder / "w\x07.npz"
    np.save(sequence, np.zeros((20, 2)))
    weights.write_bytes(Path(WEIGHTS).read_bytes())
    assert run("print", str(sequence), "--weights", str(weights)) == 0
    said = capsys.readouterr().out
    assert "rnnstep  s␊eq.npy · " in said
    assert " · w␇.npz\n" in said
    assert harmless(said)
    assert run("trace", str(sequence), "-o", str(folder / "out.npz")) == 0
    said = capsys.readouterr().out
    assert said.startswith(str(tmp_path / "␛[2J�folder" / "out.npz"))
    assert harmless(said)


def test_what_an_error_quotes(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "ce\nll.txt"
    path.write_text("input x_t: input\nh = \x1b[2J\tx_t +\n")
    assert run("print", ADDITION, "--cell", str(path)) == 2
    said = capsys.readouterr().err
    assert harmless(said)
    first, text, caret = said.splitlines()
    assert first.startswith(f"rnnstep: error: {tmp_path}/ce␊ll.txt:2:")
    assert text == "  h = ␛[2J␉x_t +"
    assert caret.strip() == "^"
    assert run("print", "\x1b[2Jno.npy") == 2
    assert capsys.readouterr().err == "rnnstep: error: ␛[2Jno.npy: no such file\n"


def test_notes() -> None:
    assert Note(f"not used: {HOSTILE}").text == f"not used: {SHOWN}"

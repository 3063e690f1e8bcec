"""``rnnstep.debug``: text, the screen, a notebook's page, and what it refuses."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import rnnstep
from rnnstep.errors import InputError
from rnnstep.live import open_live
from tests.parity.torch_models import D, H, T

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")


REFUSED: dict[str, tuple[Any, ...]] = {
    "neither a torch.nn.Module nor a Keras layer": (lambda: (3, np.ones((T, D))),),
    "has no recurrent layer": (lambda: (torch.nn.Linear(D, H), np.ones((T, D))),),
    "but layer 'gru' takes 3": (lambda: (torch.nn.GRU(D, H), np.ones((T, 7))),),
    "xs: holds <U1": (lambda: (torch.nn.GRU(D, H), np.array(["a"])),),
    "2 states given, the model has 1: h_prev": (
        lambda: (torch.nn.GRU(D, H), np.ones((T, D)), (np.ones((1, H)), np.ones((1, H)))),
    ),
    "state 'h_prev' has shape (4,)": (
        lambda: (torch.nn.GRU(D, H), np.ones((T, D)), {"h_prev": np.ones(4)}),
    ),
    "has no weights yet": (lambda: (keras.layers.GRU(H), np.ones((T, D))),),
}


@pytest.mark.parametrize("told", REFUSED)
def test_what_does_not_fit_is_said_in_one_line(told: str) -> None:
    with pytest.raises(InputError) as refused:
        open_live(*REFUSED[told][0]())
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_debug_prints_text_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    session = rnnstep.debug(torch.nn.GRU(D, H), np.ones((T, D)))
    said = capsys.readouterr().out
    assert type(session) is rnnstep.Session
    assert said.startswith("rnnstep  xs (11, 3) · GRU 3→5 tanh sigmoid · GRU\n")
    assert "hₜ = (1 − zₜ) × nₜ + zₜ × hₜ₋₁" in said
    assert said.endswith("… 1 more timesteps: session.trace.frame(10)\n")


def test_debug_opens_the_screen_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[rnnstep.Session] = []
    monkeypatch.setattr("rnnstep.tui.run", opened.append)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    session = rnnstep.debug(torch.nn.GRU(D, H), np.ones((T, D)))
    assert opened == [session]


class Page(HTMLParser):
    """The tags that are open, and whether any comes from what was put in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.loads += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "get_ipython", object, raising=False)


@pytest.mark.usefixtures("notebook")
def test_a_notebook_shows_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    module = torch.nn.ModuleDict({'<script>alert("x")</script>&': torch.nn.LSTM(D, H, 2)})
    xs = np.random.default_rng(0).normal(size=(300, D))
    xs[1] = np.nan
    session: Any = rnnstep.debug(module, xs)
    assert rnnstep.Session in type(session).__mro__
    assert capsys.readouterr().out == ""
    html = session._repr_html_()
    page = Page()
    page.feed(html)
    assert page.open == []
    assert page.loads == []
    assert "script" not in page.tags
    assert "&lt;script&gt;" in html
    assert "t 0 / 299" in html
    assert "t 299 / 299" in html
    assert "NaN" in html
    assert "iₜ" in html
    assert len(html) < 2_000_000
    assert repr(session).startswith("rnnstep  xs (300, 3)")


def test_neither_library_is_imported_for_debug() -> None:
    code = (
        "import sys, numpy, rnnstep\n"
        "try: rnnstep.debug(3, numpy.ones((4, 3)))\n"
        "except rnnstep.InputError as error: print(error)\n"
        "print(sorted({'torch', 'keras', 'h5py', 'textual'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("builtins.int is neither a torch.nn.Module")
    assert done.stdout.endswith("\n[]\n")

"""Apps over the samples, as a terminal of many colours shows them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rnnstep.opening import open_session
from rnnstep.samples_folder import sample
from rnnstep.tui.app import Debugger

MakeApp = Callable[..., Debugger]


@pytest.fixture
def make_app() -> MakeApp:
    def make(name: str = "addition") -> Debugger:
        return Debugger(open_session(sample(name)))

    return make

"""rnnstep: a time-travel debugger for recurrent neural networks, in the terminal.

    model = rnnstep.load_model("lstm.npz")
    xs = rnnstep.load_sequence("seq.npy")
    for step in rnnstep.steps(model, xs):
        step.t, step.x_t, step["Wh_h_i"], step.h_t

Names are imported when they are first used, so that ``rnnstep --help`` loads no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnstep.batch import Batch
    from rnnstep.building import build_layer
    from rnnstep.cells import Cell, load_cell
    from rnnstep.debugging import debug
    from rnnstep.engine import Step, steps
    from rnnstep.errors import ExpressionError, InputError, RnnstepError, UnknownNameError
    from rnnstep.layer import Layer
    from rnnstep.model import Model
    from rnnstep.opening import open_session
    from rnnstep.sequences import load_sequence
    from rnnstep.session import Session
    from rnnstep.trace import Trace
    from rnnstep.weights import load_model

_HOMES = {
    "Batch": "batch",
    "Cell": "cells",
    "load_cell": "cells",
    "Step": "engine",
    "steps": "engine",
    "ExpressionError": "errors",
    "InputError": "errors",
    "RnnstepError": "errors",
    "UnknownNameError": "errors",
    "Layer": "layer",
    "Model": "model",
    "build_layer": "building",
    "debug": "debugging",
    "load_sequence": "sequences",
    "open_session": "opening",
    "Session": "session",
    "Trace": "trace",
    "load_model": "weights",
}

__version__ = "0.1.0"

__all__ = [
    "Batch",
    "Cell",
    "ExpressionError",
    "InputError",
    "Layer",
    "Model",
    "RnnstepError",
    "Session",
    "Step",
    "Trace",
    "UnknownNameError",
    "build_layer",
    "debug",
    "load_cell",
    "load_model",
    "load_sequence",
    "open_session",
    "steps",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'rnnstep' has no attribute '{name}'")
    return getattr(import_module(f"rnnstep.{_HOMES[name]}"), name)

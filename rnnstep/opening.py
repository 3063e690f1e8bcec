"""From files and options to a session: what every command does first."""

from __future__ import annotations

from pathlib import Path

from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.sequences import read_sequence
from rnnstep.session import Session
from rnnstep.trace import Trace
from rnnstep.weights import focused, make_request, model_for


def open_session(
    sequence: str | Path,
    *,
    weights: str | Path | None = None,
    cell: str = "",
    layer: str = "",
    activation: str = "",
    recurrent_activation: str = "",
    dtype: str | None = None,
    sample: int | None = None,
) -> Session:
    """Open a sequence with its weights and labels.

    Args:
        sequence: an npy file, see :func:`rnnstep.load_sequence`.
        weights: a weight file; by default the one beside the sequence, else random weights.
        cell: a built-in cell's name or a cell file, in place of what the weights suggest.
        layer: whose values go by their bare names; by default the first recurrent layer.
        activation: a function for the cell's option of that name.
        recurrent_activation: likewise, of the gates.
        dtype: ``float16``, ``float32`` or ``float64``; by default the weights' own.
        sample: which sequence of a batch.

    Raises:
        RnnstepError: in one line, what is wrong with which file and what to do.
    """
    read = read_sequence(Path(sequence), sample)
    request = make_request(cell, activation, recurrent_activation, dtype)
    chosen = Path(weights) if weights is not None else None
    model = focused(model_for(Path(sequence), chosen, read.values.shape[1], request), layer)
    try:
        trace = Trace(model, read.values)
    except InputError as error:
        raise InputError(f"{sequence}: {error}") from None
    return Session(trace, read.labels, read.notes, describe(read.name, trace.model))


def describe(sequence: str, model: Model) -> str:
    """``seq.npy · SimpleRNN 2→5 tanh, Dense 5→1 sigmoid · seq.weights.npz``."""
    layers = ", ".join(map(layer_text, model.layers))
    return " · ".join([sequence, layers, model.path.name if model.path else "RANDOM weights"])


def layer_text(layer: Layer) -> str:
    """``SimpleRNN 2→5 tanh``."""
    sizes = f"{layer.cell.name} {layer.input_size or 'any'}→{layer.output_size}"
    return " ".join([sizes, *layer.cell.options.values()])

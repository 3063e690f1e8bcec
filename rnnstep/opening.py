"""From files and options to a session: what every command does first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from rnnstep.economy import MEMORY, budget_of
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.fitting import entering
from rnnstep.model import Model
from rnnstep.notes import Note, printable
from rnnstep.sequences import Sequence, read_array, read_batch, read_sequence
from rnnstep.session import Session
from rnnstep.trace import Trace
from rnnstep.vocabulary import in_words, read_vocabulary, vocabulary_beside
from rnnstep.weights import find_weights, focused, make_request, open_weights, random_weights
from rnnstep.weights.request import Request, Said

if TYPE_CHECKING:
    from rnnstep.batch import Batch
    from rnnstep.diagnosis import Batched


def open_session(
    sequence: str | Path,
    *,
    weights: str | Path | None = None,
    layer: str = "",
    state: str | Path | None = None,
    sample: int | None = None,
    vocabulary: str | Path | None = None,
    memory: int = MEMORY,
    **said: Unpack[Said],
) -> Session:
    """Open a sequence with its weights and labels.

    Args:
        sequence: an npy file, see :func:`rnnstep.load_sequence`.
        weights: a weight file; by default the one beside the sequence, else random weights.
        layer: whose values go by their bare names; by default the first recurrent layer.
        state: a file of initial states by name, see :func:`rnnstep.states.read_state`.
        sample: which sequence of a batch.
        vocabulary: a file of words for the numbers of the sequence, see
            :func:`rnnstep.vocabulary.read_vocabulary`; by default the one beside it.
        memory: MiB of states to keep at the most.
        said: about the weights, as :func:`rnnstep.load_model` takes it.

    Raises:
        RnnstepError: in one line, what is wrong with which file and what to do.
    """
    path, budget = Path(sequence), budget_of(memory)
    request = make_request(**said)
    file = Path(weights) if weights is not None else None
    read, model = _open(path, file, request, sample, layer)
    try:
        initial = _initial(state, model)
        trace = Trace(model, read.values, initial, budget)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    labels, about = read.labels, list(read.notes)
    words = Path(vocabulary) if vocabulary is not None else vocabulary_beside(path)
    if words is not None:
        known = read_vocabulary(words)
        labels, note = in_words(labels, known, read.values, trace.model, str(words))
        about.append(note)
    if labels.title:
        about.insert(0, Note(labels.title))
    title = printable(describe(read.name, trace.model))
    session = Session(trace, labels, tuple(about), title)
    session.source, session.sample = path, sample or 0
    return session


def batch_of(session: Session) -> Batched | None:
    """The batch that a session's sequence is one of, if its file holds several.

    Raises:
        InputError: the file is no longer what it was.
    """
    from rnnstep.diagnosis import Batched

    if session.source is None:
        return None
    numbers = not session.trace.model.layers[0].cell.input.shape
    xs = read_array(session.source, numbers)
    return Batched(xs, session.sample) if xs.ndim == 3 and len(xs) > 1 else None


def open_batch(sequence: str | Path, **options: Any) -> Batch:
    """All sequences of a file at once, each from the same initial states.

    Args:
        sequence: an npy file, (samples, timesteps, features).
        options: as :func:`open_session` takes them.

    Raises:
        RnnstepError: in one line, what is wrong with which file and what to do.
    """
    from rnnstep.batch import Batch

    path = Path(sequence)
    if options.get("sample") is not None:
        raise InputError("--sample picks one sequence of a batch, --all-samples writes them all")
    model, file = open_session(path, **options).trace.model, options.get("state")
    budget = budget_of(options.get("memory", MEMORY))
    xs = read_batch(path, numbers=not model.layers[0].cell.input.shape)
    given = _initial(file, model) or {}
    state = {name: np.broadcast_to(one, (len(xs), *one.shape)) for name, one in given.items()}
    try:
        return Batch(model, xs, state, budget)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _initial(state: str | Path | None, model: Model) -> dict[str, Array] | None:
    if state is None:
        return None
    from rnnstep.states import read_state

    return read_state(Path(state), model)


def _open(
    path: Path, weights: Path | None, request: Request, sample: int | None, layer: str
) -> tuple[Sequence, Model]:
    found = weights or find_weights(path)
    if found is None:
        read = read_sequence(path, sample)
        return read, focused(random_weights(path, read.values.shape[1], request), layer)
    model = open_weights(found, request, layer).model
    read = read_sequence(path, sample, numbers=not model.layers[0].cell.input.shape)
    return read, focused(entering(model, read.values.shape[1]), layer)


def describe(sequence: str, model: Model) -> str:
    """``seq.npy · SimpleRNN 2→5 tanh, Dense 5→1 sigmoid · seq.weights.npz``."""
    layers = ", ".join(layer.summary for layer in model.layers)
    return " · ".join([sequence, layers, model.path.name if model.path else "RANDOM weights"])

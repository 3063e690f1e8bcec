"""The PyTorch reader: state dicts, checkpoints that hold one, and TorchScript archives.

Loaded through ``weights_only=True`` alone, after the file's pickle was looked through without
running it: the sizes that it states are those that the file has.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.files import TensorFile
from rnnstep.weights.plan import Blueprint, Plan
from rnnstep.weights.recognise import recognise_file
from rnnstep.weights.remarks import some
from rnnstep.weights.request import Request
from rnnstep.weights.torch.holding import State, find_state
from rnnstep.weights.torch.layout import Layout, look_through
from rnnstep.weights.torch.load import load_state
from rnnstep.weights.torch.normed import put_together
from rnnstep.weights.torch.refused import foreign, refuse_module
from rnnstep.weights.torch.script import is_described, module_tensors, nonlinearity
from rnnstep.weights.torch.storages import check, described, read_described


def read(path: Path) -> TensorFile:
    """Read the tensors of a model that PyTorch saved.

    Raises:
        InputError: damaged, a whole pickled module, sparse, quantized or complex tensors, or
            torch is not installed or too old to open files safely.
    """
    layout = look_through(path)
    check(layout)
    activation = nonlinearity(layout) if layout.script else ""
    state = _state(layout)
    tensors, joined = put_together(state.tensors)
    notes = (*state.notes, *joined)
    bare = TensorFile(path, tensors)
    return bare.replaced(blueprint=lambda request: _blueprint(bare, request, notes, activation))


def _state(layout: Layout) -> State:
    where, others = str(layout.path), foreign(layout.tree)
    if layout.script:
        note = Note("TorchScript: its tensors are read, its code is not run")
        return _described_state(layout, module_tensors(layout), note)
    if not others:
        return load_state(layout)
    refuse_module(layout.tree.root, where)
    if not layout.records:
        raise InputError(f"{where}: holds Python objects ({others[0]}); save model.state_dict()")
    told = f"Python objects beside the tensors are not read: {', '.join(others[:3])}"
    return _described_state(layout, layout.tree.root, Note(told, warning=True))


def _described_state(layout: Layout, root: Any, note: Note) -> State:
    """The state of a file that torch cannot load without running code: read number by number."""
    found = find_state(
        root, lambda v: is_described(v) or described(v) is not None, str(layout.path)
    )
    pairs = [(n, v if is_described(v) else described(v)) for n, v in found.tensors.items()]
    tensors = read_described(layout, [(n, v) for n, v in pairs if v is not None])
    return State(tensors, (note, *found.notes))


def _blueprint(
    file: TensorFile, request: Request, notes: tuple[Note, ...], activation: str
) -> Blueprint:
    found = recognise_file(file, request)
    plans = tuple(
        plan.replaced(options={"activation": activation, **plan.options})
        if activation and plan.cell == "SimpleRNN"
        else plan
        for plan in found.plans
    )
    return found.replaced(plans=plans, notes=(*notes, *found.notes, *_convolutions(file, plans)))


def _convolutions(file: TensorFile, plans: tuple[Plan, ...]) -> Iterator[Note]:
    """What a kernel of three axes or more is, which no layer here takes."""
    used = {name for plan in plans for name in plan.used}
    left = [
        f"{name} {tensor.shape}"
        for name, tensor in file.tensors.items()
        if name not in used and name.endswith("weight") and 3 <= tensor.ndim <= 5
    ]
    if left:
        told = "the sequence is what the layer after it reads"
        yield Note(f"not run, a convolution by its axes: {some(left)}; {told}", warning=True)

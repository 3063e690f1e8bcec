"""Layers under the cells' own names, and what is said of tensors that no reading fits."""

from __future__ import annotations

from collections.abc import Mapping

from rnnstep.cells import Cell, cell_names, load_cell
from rnnstep.errors import InputError
from rnnstep.notes import Note
from rnnstep.weights.conventions import GRU, KERNEL, LSTM, RECURRENT
from rnnstep.weights.groups import Group
from rnnstep.weights.plan import Plan, Tensor
from rnnstep.weights.remarks import some
from rnnstep.weights.request import Request

_AS_TANH = "--rename U=Wx,W=Wh,V=out.weight"


def native(group: Group, request: Request) -> Plan | None:
    """A layer that has a cell's own weights, all that have no default."""
    weights = {name: tensor.array for name, tensor in group.tensors.items()}
    cell = _cell(group.tensors, request)
    if cell is None:
        return None
    declared = {declaration.name for declaration in cell.weights}
    used = {t.name: name for name, t in group.tensors.items() if name in declared}
    notes = [Note(f"{cell.name}, by its weights' names", "--cell")]
    if cell.name == "UWV" and not request.cell:
        text = "UWV has a sigmoid, as its question has; a textbook's U, W, V network has tanh"
        notes.append(Note(text, _AS_TANH, warning=True))
    return Plan("", request.cell or cell.name, weights, {}, used, tuple(notes))


def named(group: Group, request: Request) -> Plan | None:
    """The cell that the user named, for building it to say what is missing or too many."""
    weights = {name: tensor.array for name, tensor in group.tensors.items()}
    if not request.cell:
        return None
    declared = {declaration.name for declaration in load_cell(request.cell).weights}
    used = {tensor.name: name for name, tensor in group.tensors.items()}
    return Plan("", request.cell, weights, {}, used) if declared & weights.keys() else None


def _cell(tensors: Mapping[str, Tensor], request: Request) -> Cell | None:
    names = [request.cell] if request.cell else cell_names()
    for name in names:
        cell = load_cell(name)
        declared = {declaration.name: declaration for declaration in cell.weights}
        required = {key for key, declaration in declared.items() if declaration.default is None}
        if (
            required
            and required <= tensors.keys() <= declared.keys()
            and not _stacked(cell, tensors)
        ):
            return cell
    return None


def _stacked(cell: Cell, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a simple layer's names stand for stacked gates: CS231n's Wx, Wh and b of an LSTM."""
    if cell.name != "SimpleRNN":
        return False
    shape = sorted(tensors[RECURRENT].array.shape)
    return len(shape) == 2 and shape[1] in (GRU * shape[0], LSTM * shape[0]) and shape[0] > 0


def refusal(tensors: Mapping[str, Tensor], request: Request, where: str) -> InputError:
    """No reading fits: the tensors, and how to say what they are."""
    found = ", ".join(f"'{name}' {tensor.array.shape}" for name, tensor in tensors.items())
    if request.cell:
        missing = [d.name for d in load_cell(request.cell).weights if d.default is None]
        told = f"{request.cell} needs {some(missing)}, none of which it has"
        return InputError(f"{where}: {told}, but {found}; {_renaming(tensors)}")
    text = f"no known cell has these weights: {found}; name one: --cell"
    return InputError(f"{where}: {text}, or {_renaming(tensors)}")


def _renaming(tensors: Mapping[str, Tensor]) -> str:
    """One worked example of giving tensors the names of a cell."""
    matrices = [name for name, tensor in tensors.items() if tensor.array.ndim == 2]
    vectors = [name for name, tensor in tensors.items() if tensor.array.ndim == 1]
    past = next((name for name in matrices if _carries(tensors[name])), "")
    now = next((name for name in matrices if name != past), "")
    if not (past and now):
        return f"say what they are: --rename OLD={KERNEL},OLD={RECURRENT},OLD=b"
    rows, columns = tensors[past].array.shape
    keras = columns > rows
    names = (
        ("kernel", "recurrent_kernel", "bias") if keras else ("weight_ih", "weight_hh", "bias_ih")
    )
    if rows == columns:
        names = (KERNEL, RECURRENT, "b")
    length = max(rows, columns)
    bias = [name for name in vectors if tensors[name].array.shape == (length,)][:1]
    pairs = zip((now, past, *bias), names, strict=False)
    return "say what they are: --rename " + ",".join(f"{old}={new}" for old, new in pairs)


def _carries(tensor: Tensor) -> bool:
    """Whether a matrix may be a recurrent kernel of one, three or four gates."""
    short, long = sorted(tensor.array.shape)
    return short > 0 and long in (short, GRU * short, LSTM * short)

"""Which layer a user means: by its name, or that of the part of the network that it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnnstep.errors import UnknownNameError, did_you_mean
from rnnstep.model import Model


def is_called(name: str, said: str) -> bool:
    """Whether a layer has a name, written with dots or slashes, or is of the part that has it.

    ``decoder.lstm`` is ``decoder/lstm``, and all of ``decoder/lstm_l0``, ``decoder/lstm_l1``.
    """
    part = re.escape(said.replace(".", "/").rstrip("/"))
    found = re.fullmatch(rf"{part}(/.+|_l\d+)?", name) if said else None
    return is_exactly(name, said) or found is not None


def is_exactly(name: str, said: str) -> bool:
    """Likewise the layer itself."""
    return name in (said, said.replace(".", "/"))


def focused(model: Model, said: str, others: Iterable[str] = ()) -> Model:
    """The same model with the focus on the layer that a user means, if one is said.

    Args:
        model: with all layers that are run.
        said: the layer's name; of a part of the network its first layer with states is meant.
        others: the layers of the file that are not run.

    Raises:
        UnknownNameError: no layer has this name; the line has those there are.
    """
    if not said:
        return model
    names = [layer.name for layer in model.layers]
    found = [index for index, name in enumerate(names) if is_called(name, said)]
    if not found:
        raise UnknownNameError(f"no layer '{said}'{did_you_mean(said, [*names, *others])}")
    exact = [index for index in found if is_exactly(names[index], said)]
    recurrent = [index for index in found if model.layers[index].cell.recurrent]
    return model.replaced(focus=(exact or recurrent or found)[0])

"""Which function follows which operator where one of its inputs is the output of a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rnnstep.weights.onnx import choosing, dense, joining, plain, recurrent, reshaping
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import Value
from rnnstep.weights.onnx.walk import Walk

Handler = Callable[[Walk, Node, Sequence[Value | None]], "Sequence[Value] | None"]

HANDLERS: Mapping[str, Handler] = {
    **reshaping.HANDLERS,
    **choosing.HANDLERS,
    **joining.HANDLERS,
    **dense.HANDLERS,
    **plain.HANDLERS,
    **recurrent.HANDLERS,
}

"""The ONNX reader: the graph is walked from its inputs, and nothing of it is run."""

from __future__ import annotations

from pathlib import Path

from rnnstep.equations import Array
from rnnstep.weights.files import TensorFile
from rnnstep.weights.onnx.control import graphs_of
from rnnstep.weights.onnx.graph import node_of, printable
from rnnstep.weights.onnx.model import blueprint
from rnnstep.weights.onnx.tensors import Store, parse


def read(path: Path) -> TensorFile:
    """Read every constant of an ONNX file; its graph says which layer takes which.

    Raises:
        InputError: damaged, without a graph, external data that is not beside the file, or
            onnx is not installed.
    """
    model = parse(path)
    store = Store(path)
    tensors: dict[str, Array] = {}
    for graph in graphs_of(model.graph):
        for name, array in store.constants(graph).items():
            tensors.setdefault(name, array)
        for node in graph.node:
            if node.op_type == "Constant" and node.output:
                value = store.constant_of(node_of(node))
                if value is not None and value.dtype.kind == "f" and value.ndim:
                    tensors.setdefault(printable(node.output[0]), value)
    return TensorFile(
        path, tensors, blueprint=lambda request: blueprint(model, store, tensors, request)
    )

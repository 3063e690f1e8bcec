"""The equation language: a small, safe part of Python's expressions over named arrays.

Floor 0. An expression is parsed into the project's own nodes, its axes are inferred by name,
and it is compiled to closures over numpy. No text is ever executed.
"""

from rnnstep.equations.evaluate import compile_node
from rnnstep.equations.functions import ACTIVATIONS, FUNCTIONS
from rnnstep.equations.nodes import Node, dependencies
from rnnstep.equations.operators import Array
from rnnstep.equations.parser import parse
from rnnstep.equations.shapes import Axis, Shape, axis_length, infer, shape_text
from rnnstep.equations.text import pretty_name, to_text, to_unicode

__all__ = [
    "ACTIVATIONS",
    "FUNCTIONS",
    "Array",
    "Axis",
    "Node",
    "Shape",
    "axis_length",
    "compile_node",
    "dependencies",
    "infer",
    "parse",
    "pretty_name",
    "shape_text",
    "to_text",
    "to_unicode",
]

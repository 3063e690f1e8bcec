"""From a number of a run to what it came from: along the equations, or through a state's memory.

Floor 3. It knows no screen.
"""

from rnnstep.provenance.causes import Cause, Kind, causes, number
from rnnstep.provenance.inputs import inputs
from rnnstep.provenance.memory import Memory, Written, memory, states_kept
from rnnstep.provenance.parts import Part, Weight, parts_of
from rnnstep.provenance.past import End
from rnnstep.provenance.path import Branch, Path, in_order, unfold
from rnnstep.provenance.tally import Input, Inputs

__all__ = [
    "Branch",
    "Cause",
    "End",
    "Input",
    "Inputs",
    "Kind",
    "Memory",
    "Part",
    "Path",
    "Weight",
    "Written",
    "causes",
    "in_order",
    "inputs",
    "memory",
    "number",
    "parts_of",
    "states_kept",
    "unfold",
]

"""From a number of a run to what it came from: along the equations, or through a state's memory.

Floor 3. It knows no screen.
"""

from rnnstep.provenance.asking import Path
from rnnstep.provenance.memory import Memory, Written, memory, states_kept
from rnnstep.provenance.past import End
from rnnstep.provenance.path import Branch, Cause, Kind, causes, in_order, number, unfold
from rnnstep.provenance.shares import Part, Weight, parts_of

__all__ = [
    "Branch",
    "Cause",
    "End",
    "Kind",
    "Memory",
    "Part",
    "Path",
    "Weight",
    "Written",
    "causes",
    "in_order",
    "memory",
    "number",
    "parts_of",
    "states_kept",
    "unfold",
]

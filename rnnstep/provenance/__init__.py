"""From a number of a run to what it came from: along the equations, or through a state's memory.

Floor 3. It knows no screen.
"""

from rnnstep.provenance.memory import Memory, Written, memory, states_kept
from rnnstep.provenance.past import End

__all__ = ["End", "Memory", "Written", "memory", "states_kept"]

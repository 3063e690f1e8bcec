"""Where a port goes wrong: a run compared with reference values or with another model.

Floor 3. A reference is what each value is expected to be, from a file or from another run; a
comparison says where the run parts from it.
"""

from rnnstep.check.comparison import Comparison, Divergence
from rnnstep.check.expected import Expected, Reference, from_trace
from rnnstep.check.reading import Asked, read_reference
from rnnstep.check.tolerance import Tolerance, tolerance_for

__all__ = [
    "Asked",
    "Comparison",
    "Divergence",
    "Expected",
    "Reference",
    "Tolerance",
    "from_trace",
    "read_reference",
    "tolerance_for",
]

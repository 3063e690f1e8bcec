"""Why a run is not as expected: what the error looks like, and what would explain all of it.

Floor 3. A clue is what the shape of an error points to. A finding is a change of the model, or of
how it is run, with which everything is as expected.
"""

from rnnstep.diagnosis.axes import Batched
from rnnstep.diagnosis.clues import Clue, clues
from rnnstep.diagnosis.readings import Read
from rnnstep.diagnosis.search import Finding, Solver, Tried
from rnnstep.diagnosis.telling import tells_apart
from rnnstep.diagnosis.variant import Change, Variant

__all__ = [
    "Batched",
    "Change",
    "Clue",
    "Finding",
    "Read",
    "Solver",
    "Tried",
    "Variant",
    "clues",
    "tells_apart",
]

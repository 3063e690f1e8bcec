"""What-if: edits of a run, the tree of the forks that they make, and how far a fork differs.

Floor 3. An edit is a text that can be repeated; it changes no run, but makes another one.
"""

from rnnstep.forks.edit import Edit, Operation, Reach
from rnnstep.forks.effect import Difference, Effect
from rnnstep.forks.fixed import FixedPoint, fixed_point
from rnnstep.forks.language import parse_edit
from rnnstep.forks.making import edited
from rnnstep.forks.tree import Fork, LeftOut, Tree

__all__ = [
    "Difference",
    "Edit",
    "Effect",
    "FixedPoint",
    "Fork",
    "LeftOut",
    "Operation",
    "Reach",
    "Tree",
    "edited",
    "fixed_point",
    "parse_edit",
]

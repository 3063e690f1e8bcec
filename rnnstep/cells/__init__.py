"""The cells: built-in ones are the text files of this folder, a user's own is one more.

Floor 1.
"""

from rnnstep.cells.cell import Cell, following
from rnnstep.cells.parts import Declaration, Equation
from rnnstep.cells.registry import cell_names, load_cell

__all__ = ["Cell", "Declaration", "Equation", "cell_names", "following", "load_cell"]

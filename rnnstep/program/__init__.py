"""A layer's equations arranged for speed: for a window at once, step by step, or when asked for."""

from rnnstep.program.batch import BatchProgram
from rnnstep.program.program import Program
from rnnstep.program.window import Moment, Window

__all__ = ["BatchProgram", "Moment", "Program", "Window"]

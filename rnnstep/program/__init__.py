"""A layer's equations arranged for speed: for a window at once, step by step, or when asked for."""

from rnnstep.program.fast import first_compiled, load_machine
from rnnstep.program.program import Program
from rnnstep.program.window import Moment, Window

__all__ = ["Moment", "Program", "Window", "first_compiled", "load_machine"]

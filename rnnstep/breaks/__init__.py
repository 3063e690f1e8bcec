"""Breakpoints: when a run is to stop, and how the timesteps at which it does are found.

Floor 3. A condition is an expression, perhaps with a rule behind it (``changes sign``); the
timesteps at which it holds are found chunk by chunk, each chunk once.
"""

from rnnstep.breaks.breakpoints import Breakpoint, Breakpoints, Search, Stop
from rnnstep.breaks.conditions import Condition
from rnnstep.breaks.hits import Hits
from rnnstep.breaks.places import Place
from rnnstep.breaks.presets import PRESETS, Preset, parse_condition, preset_of

__all__ = [
    "PRESETS",
    "Breakpoint",
    "Breakpoints",
    "Condition",
    "Hits",
    "Place",
    "Preset",
    "Search",
    "Stop",
    "parse_condition",
    "preset_of",
]
